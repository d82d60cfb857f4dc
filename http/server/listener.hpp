// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/serving.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace tributary::http::io {
class event_loop;
}

namespace tributary::http::server {

/// One address and port, or one Unix socket, served by a number of event loops.
///
/// One acceptor, on the first loop, deals the connections out to all loops in turn: a socket per
/// loop with SO_REUSEPORT is dealt to by a hash, which leaves loops idle when connections are few.
/// A connection stays on its loop.
class listener {
 public:
  /// @param loops at least one; they must outlive the listener
  /// @param served what requests meet until `serve` is called
  listener(config::server_settings settings, std::vector<io::event_loop*> loops,
           std::shared_ptr<const generation> served);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Binds, listens and begins to accept. Any thread, once. The address must be a numeric one
  /// or `unix:/path`.
  /// @returns what the system said, such as address_in_use, or a `socket_file_error`
  std::error_code start();

  /// The port that is listened on, after `start`; the real one where 0 was configured. 0 for a
  /// Unix socket.
  std::uint16_t port() const noexcept { return port_; }

  /// From now on each answer says `Connection: close`, so that clients move to another instance
  /// before `stop`; connections are still accepted. Any thread.
  void say_close();

  /// Stops accepting, closes idle connections, lets requests in work be answered with
  /// `Connection: close`, and cuts off what is left after `timeout`. Any thread; a second call does
  /// nothing. `on_drained` is called on one of the loops when no connection is open.
  void stop(std::chrono::steady_clock::duration timeout, std::function<void()> on_drained);

  /// Requests that begin from now on meet this generation; those in work keep theirs. Takes effect
  /// on each loop with its next turn. Any thread.
  void serve(std::shared_ptr<const generation> served);

  /// Any thread.
  const serving_counters& counters() const noexcept;

 private:
  class acceptor;

  std::shared_ptr<acceptor> acceptor_;
  std::uint16_t port_ = 0;
};

}  // namespace tributary::http::server
