// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<log_settings> log_keys() {
  using s = log_settings;
  const auto levels = choice<log_level>({{"debug", log_level::debug},
                                         {"info", log_level::info},
                                         {"warning", log_level::warning},
                                         {"error", log_level::error}},
                                        true);
  return {
      key("level", &s::level, levels, "The least severe record written; in any case of letters."),
      key("queue", &s::queue, count(64, 1'048'576),
          "Records waiting for the writer; more are dropped and counted."),
  };
}

}  // namespace tributary::config
