// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/sections/breaker_settings.hpp"
#include "config/sections/tls_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tributary::config {

/// Where one Redis is.
struct redis_address {
  bool tls = false;
  std::string host;
  std::uint16_t port = 6379;
  std::string user;  ///< empty: the default one
  std::string password;
  unsigned database = 0;

  bool operator==(const redis_address&) const = default;
};

/// Redis, for what several instances share; not there unless `main` is set.
struct redis_settings {
  std::string url;   ///< as written: `redis[s]://[user:password@]host[:port][/database]`
  std::string host;  ///< counts when `url` is empty
  std::uint16_t port = 6379;
  std::string cache_url;               ///< of what may be evicted; empty: the same Redis
  std::optional<redis_address> main;   ///< from `url`, or `host` and `port`
  std::optional<redis_address> cache;  ///< from `cache_url`; set whenever `main` is
  tls_settings tls_options;            ///< for `rediss`
  std::string
      key_secret;  ///< hashes credentials in keys of answers; empty: the password of `cache`
  milliseconds connect_timeout{500};
  milliseconds dns_refresh{30'000};  ///< from one look-up of a name to the next
  milliseconds command_timeout{20};  ///< hard, on a request's way; also less when less is left
  std::size_t max_pending = 10'000;  ///< commands of one connection without their replies
  std::size_t max_reply = 16 * 1024 * 1024;  ///< bytes
  breaker_settings breaker{.window = milliseconds{5'000},
                           .min_calls = 5,
                           .open_for = milliseconds{500},
                           .open_max = milliseconds{2'000},
                           .half_open_successes = 1,
                           .shared = false};
};

}  // namespace tributary::config
