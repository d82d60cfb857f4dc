// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/pending_fetch.hpp"
#include "http/client/response_reader.hpp"
#include "http/io/dialer.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace tributary::http::client {

namespace asio = boost::asio;

class connection_pool;

/// One connection to an upstream, from the look-up of its name to its end. Pending operations keep
/// it alive; after `closed` they find nothing to do, so it may outlive its pool.
///
/// In plain it reads on while it is idle, and closes when the peer ends or speaks unasked; this
/// read becomes that of the next answer and costs nothing. With TLS it does not, since reading and
/// writing must not begin within one another there: `looks_alive` tells.
class connection final
    : public boost::intrusive_ref_counter<connection, boost::thread_unsafe_counter>,
      private io::dial_owner {
 public:
  explicit connection(connection_pool& pool);

  /// The bytes of the next exchange's request; fill it before `open` or `start`.
  std::string& outgoing() noexcept { return outgoing_; }

  /// First exchange: looks up, connects, and sends.
  void open(std::shared_ptr<pending_fetch> call);

  /// A further exchange on an idle connection.
  void start(std::shared_ptr<pending_fetch> call);

  /// The deadline of the call has passed.
  void on_deadline();

  /// Becomes idle until `expiry` at most.
  void rest(io::steady_time expiry);

  /// False when the peer has closed an idle connection or has sent something unasked. Costs a
  /// system call, so it is done only where a stale connection would hurt, or is not told of.
  bool looks_alive();

  /// Whether it has noticed by itself what `looks_alive` would tell, but for this moment.
  bool watched() const noexcept { return !stream_->encrypted(); }
  io::steady_time opened_at() const noexcept { return opened_at_; }

  /// Only once it is connected.
  const io::endpoint& peer() const noexcept { return stream_->peer(); }

  /// Closes; the call is let go of without a word.
  void abandon();
  void close();

  std::size_t index = 0;  ///< among the pool's connections

 private:
  enum class phase : std::uint8_t { dialing, active, idle, closed };
  using pointer = boost::intrusive_ptr<connection>;

  void on_dialed(std::unique_ptr<io::client_stream> stream) override;
  void on_dial_failed(const io::dial_failure& why) override;
  void begin_exchange();
  void on_written(const boost::system::error_code& error, std::size_t left);
  void read();
  void read_on();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void on_read_error(const boost::system::error_code& error);
  void on_progress(response_reader::progress made);
  void on_idle_end();
  void complete();
  void fail(wire::error_token error, std::string_view detail);

  connection_pool& pool_;                      ///< not to be touched once closed
  boost::intrusive_ptr<io::dialer> dialer_;    ///< null once it is connected or closed
  std::unique_ptr<io::client_stream> stream_;  ///< null until it is connected
  io::timer idle_end_{io::call_member<&connection::on_idle_end, connection>, this};
  phase phase_ = phase::dialing;
  bool reused_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool write_failed_ = false;
  std::shared_ptr<pending_fetch> call_;
  std::string outgoing_;
  response_reader reader_;
  io::steady_time opened_at_;
};

}  // namespace tributary::http::client
