// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<runtime_settings> runtime_keys() {
  using s = runtime_settings;
  return {
      key("workers", &s::workers, count(0, 256),
          "Threads that run sockets and actors; 0: one per core."),
      key("max_throughput", &s::max_throughput, count(1, 10'000),
          "Messages an actor handles before others have their turn."),
  };
}

}  // namespace tributary::config
