// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tributary::http::io {

/// Raises the soft limit of open files to the hard one, since each client and upstream connection
/// takes one. @returns the limit that holds; 0 when the system does not say
std::uint64_t raise_file_limit();

}  // namespace tributary::http::io
