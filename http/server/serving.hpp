// SPDX-License-Identifier: MIT
#pragma once

#include "config/settings.hpp"
#include "http/server/exchange.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace tributary::http::server {

class router;

/// Counters of one listener, written by its workers; any thread may read them.
struct serving_counters {
  std::atomic<std::size_t> open_connections{0};
  std::atomic<std::size_t> in_flight{0};              ///< in work: neither parked nor streams
  std::atomic<std::uint64_t> accepted{0};             ///< connections
  std::atomic<std::uint64_t> refused_connections{0};  ///< over `max_connections`
  std::atomic<std::uint64_t> shed{0};                 ///< requests over `max_in_flight`
  std::atomic<std::uint64_t> malformed{0};            ///< requests that the parser refused
  std::atomic<std::uint64_t> timeouts{0};             ///< 408, and answers that nobody read
  std::atomic<std::uint64_t> accept_errors{0};
};

/// What all sessions of a listener share. Read-only but for the counters.
struct serving {
  config::server_settings settings;
  std::shared_ptr<const router> routes;
  observer* watcher = nullptr;  ///< may be null; must outlive all sessions
  serving_counters counters;
};

}  // namespace tributary::http::server
