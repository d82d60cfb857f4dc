// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/sections/parameter_settings.hpp"
#include "config/sections/part_settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tributary::config {

struct endpoint_cache_settings {
  std::string key;  ///< template
  milliseconds ttl{60'000};
  double jitter = 0.1;            ///< share by which a TTL may be shortened
  bool redis = true;              ///< kept there too, where there is one
  std::vector<std::string> tags;  ///< templates; answers can be purged by them
};

struct endpoint_settings {
  std::string name;
  std::string path;  ///< template: `/users/{id}/summary`
  milliseconds timeout{3'000};
  milliseconds merge_reserve{5};
  milliseconds min_attempt{10};
  bool client_lenient = false;
  milliseconds retry_after{5'000};  ///< said when no breaker and no upstream names a time
  std::vector<parameter_settings> parameters;
  std::vector<part_settings> parts;
  std::optional<endpoint_cache_settings> cache;
};

}  // namespace tributary::config
