// SPDX-License-Identifier: MIT
#pragma once

#include "providers/redis/link_state.hpp"
#include "providers/redis/settings.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::io {
class event_loop;
}

namespace tributary::providers::redis {

class subscriber_core;

/// What the owner of a subscriber is told, on its loop, in order. None of it is called from inside
/// the constructor or after `shutdown`. Any may be empty, and may shut down or destroy the
/// subscriber.
struct subscriber_hooks {
  std::function<void(std::string_view channel, std::string_view text)> on_message;

  /// All channels are subscribed to, at first or again: what was published before may be missing.
  std::function<void()> on_subscribed;

  /// The connection is gone; called once for each `on_subscribed`.
  std::function<void()> on_lost;
};

/// A connection to Redis that listens to fixed channels, at least one, and makes itself anew for
/// ever by the rules of the `client`. It pings every `ping_interval`, so that a server that hangs
/// is noticed `ping_timeout` later. Same threads as the `client`.
class subscriber {
 public:
  subscriber(http::io::event_loop& loop, client_settings settings, client_services services,
             std::vector<std::string> channels, subscriber_hooks hooks);
  ~subscriber();
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;

  /// True from `on_subscribed` to `on_lost`.
  bool subscribed() const noexcept;

  /// Another connection has found that its server is the wrong one now: ends this one, which is
  /// made anew, since no answer to a subscriber tells that. Not when it is younger than
  /// `renew_after`: it leads where that other one will lead, and each end makes its owner forget
  /// what it knows.
  void renew();

  /// Closes the connection for good, without `on_lost`. The destructor does it too.
  void shutdown();

  /// For health checks and metrics, on any thread. `commands` counts SUBSCRIBEs and PINGs.
  std::shared_ptr<const link_state> link() const noexcept;

 private:
  boost::intrusive_ptr<subscriber_core> core_;
};

}  // namespace tributary::providers::redis
