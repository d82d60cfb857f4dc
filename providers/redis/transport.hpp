// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/dialer.hpp"
#include "providers/redis/reply_reader.hpp"
#include "providers/redis/settings.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tributary::providers::redis {

/// Who uses a transport. Called on the loop; may close the transport.
class transport_owner {
 public:
  /// Redis has answered: commands may be written.
  virtual void on_ready() = 0;
  virtual void on_reply(reply&& answer) = 0;

  /// It has ended by itself; the last call. `text` says why, and holds only during the call.
  virtual void on_closed(failure why, std::string_view text) = 0;

 protected:
  ~transport_owner() = default;
};

/// One TCP or TLS connection to Redis, from the look-up of its name through AUTH and SELECT to its
/// end. Pending operations keep it alive; once closed they find nothing to do, so it may outlive
/// its owner, but not its loop.
///
/// Before it is ready a PING has been answered: a server that hangs still accepts connections.
class transport final
    : public boost::intrusive_ref_counter<transport, boost::thread_unsafe_counter>,
      private http::io::dial_owner {
 public:
  /// All of these must outlive the time until `close` or `on_closed`.
  transport(http::io::event_loop& loop, const client_settings& settings,
            const http::io::dial_target& target, transport_owner& owner);
  ~transport();

  /// Begins; may fail inside the call.
  void open();
  bool ready() const noexcept { return phase_ == phase::ready; }

  /// What it is or was connected to; null when it never was.
  const http::io::endpoint* peer() const noexcept {
    return stream_ == nullptr ? nullptr : &stream_->peer();
  }

  /// Commands appended here go out after `flush_soon`, once the handlers that the loop has already
  /// lined up have run.
  std::string& outgoing() noexcept { return outgoing_; }
  void flush_soon();

  /// Bytes that wait for the socket to take them.
  std::size_t unsent() const noexcept { return outgoing_.size() + sending_left_; }

  /// Ends it as if the connection had: the owner is told.
  void fail(failure why, std::string_view text);

  /// Ends it without a word.
  void close();

 private:
  enum class phase : std::uint8_t { idle, dialing, greeting, ready, closed };
  using pointer = boost::intrusive_ptr<transport>;

  void on_dialed(std::unique_ptr<http::io::client_stream> stream) override;
  void on_dial_failed(const http::io::dial_failure& why) override;
  void greet();
  void on_greeting(const reply& answer);
  void flush();
  void on_written(const boost::system::error_code& error, std::size_t left);
  void read();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void on_timer();

  http::io::event_loop& loop_;
  const client_settings& settings_;
  const http::io::dial_target& target_;
  transport_owner& owner_;
  boost::intrusive_ptr<http::io::dialer> dialer_;    ///< null once it is connected or closed
  std::unique_ptr<http::io::client_stream> stream_;  ///< null until it is connected
  http::io::timer timer_{http::io::call_member<&transport::on_timer, transport>, this};
  phase phase_ = phase::idle;
  bool flush_posted_ = false;
  bool writing_ = false;
  http::io::steady_time connect_deadline_{};
  std::array<std::string_view, 3> greeting_{};  ///< commands whose answers are due, in order
  std::size_t greeting_size_ = 0;
  std::size_t greeted_ = 0;
  std::string outgoing_;
  std::string sending_;  ///< what a write is at work on
  std::size_t sending_left_ = 0;
  reply_reader reader_;
  std::array<char, 32 * 1024> incoming_;
};

}  // namespace tributary::providers::redis
