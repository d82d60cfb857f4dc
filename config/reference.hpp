// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tributary::config {

/// The page that lists every key: `config/REFERENCE.md`.
std::string render_reference();

/// JSON Schema 2020-12 of the configuration file: `config/schema.json`.
std::string render_schema();

}  // namespace tributary::config
