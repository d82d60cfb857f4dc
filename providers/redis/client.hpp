// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/timer_wheel.hpp"
#include "providers/redis/link_state.hpp"
#include "providers/redis/reply.hpp"
#include "providers/redis/settings.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace tributary::http::io {
class event_loop;
}

namespace tributary::providers::redis {

class client_core;

/// What the owner of a client is told, on its loop.
struct client_hooks {
  /// The connection is there (true) or gone (false); never called twice in a row with the same
  /// value, and not after `shutdown`. May be empty.
  std::function<void(bool connected)> on_link;

  /// A reply has told that this is not the server that it should be, such as one that has become a
  /// replica; the connection has ended for it. May be empty.
  std::function<void()> on_wrong_server = {};
};

/// One connection to Redis for all commands of one worker, which makes itself anew for ever.
/// Lives on the loop's thread, construction and destruction included (or while the loop does not
/// run). Starts to connect when constructed.
///
/// Commands of one turn of the loop go out in one write; replies come in the order of the commands
/// (RESP pipelining). No command waits for a connection: without one it fails at once.
class client {
 public:
  using callback = std::function<void(result&&)>;

  client(http::io::event_loop& loop, client_settings settings, client_services services,
         client_hooks hooks = {});
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends one command: its name and its arguments, of any bytes, which are copied.
  ///
  /// `done` is called exactly once, on the loop, never from inside this call, by `deadline` plus a
  /// tick of the loop's timers at the latest. A deadline in the past times out on the next turn.
  /// `done` may send, shut down, and destroy the client. Only a loop that is destroyed without
  /// `shutdown` forgets callbacks.
  void send(std::span<const std::string_view> arguments, http::io::steady_time deadline,
            callback done);

  /// True when a command sent now would go out.
  bool connected() const noexcept;

  /// Closes the connection for good and calls every callback that is left, with shut_down, before
  /// it returns. Later commands end the same way, on the next turn. The destructor does it too.
  void shutdown();

  /// For health checks and metrics, on any thread.
  std::shared_ptr<const link_state> link() const noexcept;

 private:
  boost::intrusive_ptr<client_core> core_;
};

}  // namespace tributary::providers::redis
