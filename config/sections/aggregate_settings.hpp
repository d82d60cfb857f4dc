// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/endpoint_settings.hpp"
#include "config/sections/memory_cache_settings.hpp"

#include <vector>

namespace tributary::config {

/// The aggregated endpoints and what keeps their answers: keys `endpoints`, `cache`, `part_cache`.
struct aggregate_settings {
  memory_cache_settings cache;               ///< of whole answers
  memory_cache_settings part_cache;          ///< of upstream answers
  std::vector<endpoint_settings> endpoints;  ///< in the order of the file
};

}  // namespace tributary::config
