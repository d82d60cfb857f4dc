// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tributary::config {

/// Names whose values are never printed nor written into the file: `Authorization`, `X-Api-Key`,
/// anything with `token`, `secret` or `password`, and a plain `key`.
bool is_secret_name(std::string_view name);

}  // namespace tributary::config
