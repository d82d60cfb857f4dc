// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/client_stream.hpp"
#include "http/io/dial_target.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace tributary::http::io {

/// How far a connection has got.
enum class dial_step : std::uint8_t { idle, looking_up, connecting, shaking_hands, ended };

/// Why there is none.
struct dial_failure {
  enum class reason : std::uint8_t {
    failed,       ///< the resolver, the peer or the network says no
    timed_out,    ///< the deadline passed
    certificate,  ///< the peer's does not verify
    unusable,     ///< our own settings: no TLS context, or a name that no certificate can have
  };

  dial_step step;  ///< at which it failed
  reason why;
  boost::system::error_code error;  ///< of a connect or handshake that failed, else none
  std::string detail;               ///< for logs
};

/// Who has a connection made. Called on the loop, one of the two, once; may cancel the dialer.
class dial_owner {
 public:
  virtual void on_dialed(std::unique_ptr<client_stream> stream) = 0;
  virtual void on_dial_failed(const dial_failure& why) = 0;

 protected:
  ~dial_owner() = default;
};

/// Makes one connection: looks the name up, tries the addresses in turn, shakes hands. Serves once.
/// Loop thread only; its pending operations keep it alive.
///
///   idle ─start─► looking_up ─► connecting ─► shaking_hands ─► ended     (on_dialed)
///                     └─────────────┴───────────────┴────────► ended     (on_dial_failed, cancel)
///
/// All of it has one deadline. What is left of the time when connecting begins is shared by the
/// addresses that are left, at least 100 ms for each (a light form of RFC 8305: one attempt at a
/// time, but none can use up the time of all). What came of each address is told to
/// `host_addresses`; when none works, all are in doubt.
class dialer final : public boost::intrusive_ref_counter<dialer, boost::thread_unsafe_counter>,
                     private address_waiter {
 public:
  /// Both must live until one of the owner's functions is called or the dialer is cancelled.
  dialer(event_loop& loop, const dial_target& target, dial_owner& owner);

  /// Begins. The owner may be told that it failed inside the call, never that it worked.
  void start(steady_time now, steady_time deadline);

  /// Ends it at whatever step it is: the socket is closed and the owner is not told.
  void cancel() noexcept;

  dial_step step() const noexcept { return step_; }

 private:
  using pointer = boost::intrusive_ptr<dialer>;

  void on_addresses(std::shared_ptr<const address_answer> answer) override;
  void try_next_address();
  void connect();
  void connect_to_file();
  void on_connected(const boost::system::error_code& error, unsigned attempt);
  void on_connect_error(const boost::system::error_code& error);
  void shake_hands();
  void on_handshake(const boost::system::error_code& error);
  void on_timer();
  void succeed();
  void put_aside_address() noexcept;
  void close() noexcept;
  void fail(dial_failure::reason why, std::string detail, boost::system::error_code error = {});

  event_loop& loop_;
  const dial_target& target_;  ///< not to be touched once ended
  dial_owner* owner_;          ///< null once ended
  dial_step step_ = dial_step::idle;
  steady_time deadline_{};
  timer timer_{call_member<&dialer::on_timer, dialer>, this};
  timer again_{call_member<&dialer::connect_to_file, dialer>, this};  ///< where a queue was full
  std::unique_ptr<client_stream> stream_;
  std::shared_ptr<const address_answer> addresses_;
  std::size_t next_address_ = 0;
  steady_time attempt_began_{};  ///< with the address before the next
  unsigned attempt_ = 0;         ///< of connecting; answers of earlier ones are stale
};

}  // namespace tributary::http::io
