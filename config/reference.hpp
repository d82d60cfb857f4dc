// SPDX-License-Identifier: MIT
#pragma once

#include "config/section_list.hpp"

#include <string>

namespace tributary::config {

/// The page that lists every key: `config/REFERENCE.md`.
std::string render_reference(const section_list& sections);

/// JSON Schema 2020-12 of the configuration file: `config/schema.json`.
std::string render_schema(const section_list& sections);

}  // namespace tributary::config
