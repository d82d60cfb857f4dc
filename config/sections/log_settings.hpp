// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tributary::config {

enum class log_level { debug, info, warning, error };

struct log_settings {
  log_level level = log_level::info;
  std::size_t queue = 8192;  ///< records waiting for the writer thread; over: dropped and counted
};

}  // namespace tributary::config
