// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace tributary::actors::store {

/// Milliseconds of the system clock since 1970: the time that instances and operators share.
inline std::int64_t system_ms() noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace tributary::actors::store
