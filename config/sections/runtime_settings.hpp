// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tributary::config {

struct runtime_settings {
  std::size_t workers = 0;          ///< threads; 0: one per core
  std::size_t max_throughput = 64;  ///< messages an actor handles before others have their turn
};

}  // namespace tributary::config
