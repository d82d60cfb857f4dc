// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/server_settings.hpp"
#include "http/server/exchange.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

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

/// What a listener serves by one configuration. Immutable: another configuration brings another
/// one, and each request keeps the one that it began with until its last byte is written.
struct generation {
  std::shared_ptr<const router> routes;
  std::shared_ptr<observer> watcher;  ///< hears of each request; may be null
};

/// A generation as the requests of one loop hold it, counted without atomic operations. Each loop
/// has its own; never leaves the loop's thread.
struct local_generation
    : boost::intrusive_ref_counter<local_generation, boost::thread_unsafe_counter> {
  explicit local_generation(std::shared_ptr<const generation> of) : shared(std::move(of)) {}

  const std::shared_ptr<const generation> shared;
};
using generation_ref = boost::intrusive_ptr<const local_generation>;

/// What all sessions of a listener share. Read-only but for the counters.
struct serving {
  config::server_settings settings;
  serving_counters counters;
};

}  // namespace tributary::http::server
