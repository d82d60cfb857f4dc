// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "http/io/name_resolver.hpp"
#include "providers/redis/client.hpp"
#include "providers/redis/subscriber.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

namespace tributary::providers::redis {

inline std::ostream& operator<<(std::ostream& out, failure why) { return out << to_string(why); }
inline std::ostream& operator<<(std::ostream& out, reply_kind kind) {
  return out << "kind " << static_cast<int>(kind);
}

}  // namespace tributary::providers::redis

namespace tributary::tests {

using namespace providers::redis;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// A loop run by the test's own thread, for as long as something is waited for.
class redis_fixture {
 public:
  redis_fixture() {
    services.resolver = http::io::make_system_resolver();
    services.jitter = [] { return 0.0; };
  }

  /// Short of the defaults only where a test waits for the limit to pass.
  static client_settings settings_for(std::uint16_t port) {
    client_settings settings;
    settings.address.host = "127.0.0.1";
    settings.address.port = port;
    settings.connect_timeout = 5s;
    return settings;
  }

  client& connect(client_settings settings) {
    client_hooks hooks{[this](bool connected) { links.push_back(connected); },
                       [this] { ++wrong_servers; }};
    redis.emplace(loop, std::move(settings), services, std::move(hooks));
    return *redis;
  }

  /// Runs the loop until `done()`, or for ten seconds. @returns whether it was done
  template <class Predicate>
  bool until(Predicate done, milliseconds limit = 10s) {
    const auto end = steady_clock::now() + limit;
    while (!done()) {
      if (steady_clock::now() > end) return false;
      loop.context().restart();
      loop.context().run_one_for(5ms);
    }
    return true;
  }

  bool until_connected() {
    return until([&] { return redis->connected(); });
  }

  /// Sends, and keeps the result in its place; `nullopt` until it is there.
  std::shared_ptr<std::optional<result>> send(std::initializer_list<std::string_view> command,
                                              milliseconds limit = 10s) {
    auto kept = std::make_shared<std::optional<result>>();
    redis->send({command.begin(), command.size()}, steady_clock::now() + limit,
                [kept](result&& came) {
                  REQUIRE_FALSE(kept->has_value());
                  *kept = std::move(came);
                });
    CHECK_FALSE(kept->has_value());
    return kept;
  }

  /// Sends and waits.
  result call(std::initializer_list<std::string_view> command, milliseconds limit = 10s) {
    const auto kept = send(command, limit);
    REQUIRE(until([&] { return kept->has_value(); }));
    return std::move(**kept);
  }

  std::string text_of(std::initializer_list<std::string_view> command) {
    return call(command).reply.text;
  }

  http::io::event_loop loop;
  client_services services;
  std::optional<client> redis;
  std::vector<bool> links;  ///< what `on_link` said
  int wrong_servers = 0;    ///< how often `on_wrong_server` was called
};

}  // namespace tributary::tests
