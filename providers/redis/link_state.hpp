// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace tributary::providers::redis {

/// How a connection to Redis is doing. Written by its loop, readable from any thread at any time;
/// outlives the connection in the hands of whoever holds it.
class link_state {
 public:
  link_state();

  /// True from the moment Redis has answered on a new connection (past AUTH and SELECT; of a
  /// subscriber: once all channels are subscribed to) until that connection ends.
  std::atomic<bool> connected{false};

  /// Since when that is so: system clock, milliseconds since 1970.
  std::atomic<std::int64_t> since;

  std::atomic<std::uint64_t> commands{0};    ///< sent
  std::atomic<std::uint64_t> timeouts{0};    ///< of commands sent
  std::atomic<std::uint64_t> errors{0};      ///< error replies
  std::atomic<std::uint64_t> lost{0};        ///< commands sent that ended with their connection
  std::atomic<std::uint64_t> refused{0};     ///< not_connected and overloaded
  std::atomic<std::uint64_t> reconnects{0};  ///< connections made after the first
  std::atomic<std::uint64_t> attempts{0};    ///< to connect, the first and failed ones included

  /// Why the last connection ended or the last attempt failed; empty: neither has happened. Kept
  /// while connected.
  std::string last_error() const;

  /// For the owner of the connection.
  void set_connected(bool now_connected);
  void set_error(std::string_view text);

 private:
  mutable std::mutex mutex_;
  std::string last_error_;
};

}  // namespace tributary::providers::redis
