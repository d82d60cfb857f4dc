// SPDX-License-Identifier: MIT
#pragma once

#include "config/built_in.hpp"
#include "config/section_values.hpp"
#include "config/sections/admin_settings.hpp"
#include "config/sections/log_settings.hpp"
#include "config/sections/redis_settings.hpp"
#include "config/sections/runtime_settings.hpp"
#include "config/sections/server_settings.hpp"
#include "config/sections/upstream_settings.hpp"

#include <iterator>
#include <string>
#include <vector>

namespace tributary::config {

/// What the program runs on: the configuration file after every check. These are plain values;
/// nobody re-validates them. Loading gives them away whole: whoever needs others makes a copy.
struct settings {
  server_settings server;
  admin_settings admin;
  log_settings log;
  runtime_settings runtime;
  redis_settings redis;
  std::vector<upstream_settings> upstreams;  ///< in the order of the file
  /// Where state is kept over restarts, made when first needed; a relative one starts at the
  /// working directory; empty: nowhere. What cannot be written there is warned about, no more.
  std::string data_dir;
  /// How the keys in Redis begin that are none of an answer: whatever a client may write, no answer
  /// lies under such a key, and no purge touches one. Loading adds those of all sections.
  std::vector<std::string> key_prefixes{std::begin(built_in::key_prefixes),
                                        std::end(built_in::key_prefixes)};
  section_values sections;  ///< of the systems

  /// The section of one system; null where the configuration has none.
  template <class S>
  const S* section() const noexcept {
    return sections.find<S>();
  }
};

}  // namespace tributary::config
