// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tributary::config {

/// The whole of a file, or nothing when it cannot be read or has more than `limit` bytes. Blocks.
std::optional<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace tributary::config
