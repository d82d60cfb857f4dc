// SPDX-License-Identifier: MIT
#pragma once

#include "providers/redis/link_state.hpp"
#include "providers/redis/transport.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>
#include <random>
#include <string_view>

namespace tributary::providers::redis {

/// How long to wait before the next attempt: reconnect_min × 2^failures up to reconnect_max, then
/// × (1 + jitter × unit).
/// @param failures attempts in a row that came to nothing, this one not counted
/// @param unit from [-1, 1]
milliseconds reconnect_delay(const client_settings& settings, unsigned failures, double unit);

/// What client and subscriber have in common: a connection that is made anew for ever. Loop thread
/// only. Whoever is called by it may let go of it: it is there until that call returns.
class link : public boost::intrusive_ref_counter<link, boost::thread_unsafe_counter>,
             private transport_owner {
 public:
  link(http::io::event_loop& loop, client_settings settings, client_services services);
  virtual ~link();

  std::shared_ptr<const link_state> state() const noexcept { return state_; }

 protected:
  /// Redis answers. The next three are called in this order, none after `stop`.
  virtual void on_up() = 0;
  virtual void on_answer(reply&& answer) = 0;

  /// Only after `on_up`, and once.
  virtual void on_down(failure why) = 0;

  void start();

  /// Closes for good, without `on_down`.
  void stop();
  bool stopped() const noexcept { return stopped_; }

  /// Ends the connection, which is made anew then.
  void drop(failure why, std::string_view text);

  /// The connection, or null unless commands can be written.
  transport* ready_transport() const noexcept {
    return transport_ != nullptr && transport_->ready() ? transport_.get() : nullptr;
  }

  http::io::event_loop& loop_;
  const client_settings settings_;
  const std::shared_ptr<link_state> state_ = std::make_shared<link_state>();

 private:
  void on_ready() override;
  void on_reply(reply&& answer) override;
  void on_closed(failure why, std::string_view text) override;
  void connect();
  double unit();

  const client_services services_;
  const http::io::dial_target target_;
  boost::intrusive_ptr<transport> transport_;
  http::io::timer retry_{http::io::call_member<&link::connect, link>, this};
  std::minstd_rand random_;
  unsigned failures_ = 0;
  bool stopped_ = false;
  bool up_ = false;
  bool was_up_ = false;
  http::io::steady_time up_since_{};
};

}  // namespace tributary::providers::redis
