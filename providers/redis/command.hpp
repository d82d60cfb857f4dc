// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tributary::providers::redis {

/// Appends one command as Redis reads it: an array of bulk strings, of any bytes. Allocates nothing
/// beyond what `out` may need.
void append_command(std::string& out, std::span<const std::string_view> arguments);

}  // namespace tributary::providers::redis
