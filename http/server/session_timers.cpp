// SPDX-License-Identifier: MIT
#include "http/server/session.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <chrono>

namespace tributary::http::server {

namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

constexpr auto linger_time = 1s;
constexpr std::size_t linger_bytes = 256 * 1024;
constexpr auto probe_delay = 40ms;

}  // namespace

/// What has to be done at the end of each turn: end the connection, or see to it that something is
/// being waited for, and that the wait has an end.
void session::end_turn() {
  if (advancing_ || closed()) return;
  const session_ptr held(this);
  const bool idle = queue_.first() == nullptr && !writing_;
  const bool over = life_ == life::last_answered || (life_ == life::open && end_of_input_ && idle);
  if (!writing_ && over) end_gently();
  if (life_ == life::open && idle && begin_ == end_ && group_->draining()) close();
  if (closed()) return;
  const bool flooded = input_over_ && life_ != life::lingering && discarded_ > linger_bytes;
  if (!reading_ && !end_of_input_ && !flooded && make_room()) start_read();
  watch_reading();
}

/// Closing a socket that has unread input resets the connection, and a reset may take the answer
/// away from the client; so a client that may still be sending is given time to see it.
void session::end_gently() {
  if (end_of_input_ || (client_closes_ && begin_ == end_)) return close();
  error_code error;
  socket_.shutdown(io::tcp_socket::shutdown_send, error);
  if (error) return close();
  life_ = life::lingering;
  begin_ = end_ = 0;
}

/// Chooses the deadline of what is being waited for. A later deadline does not touch the timer,
/// which then goes off early and is set anew: most deadlines move with each request.
void session::watch_reading() {
  auto now_waiting = waiting_for::nothing;
  if (life_ == life::lingering) {
    now_waiting = waiting_for::end_of_input;
    if (discarded_ > linger_bytes) return close();
  } else if (incoming_ != nullptr) {
    now_waiting = waiting_for::body;
  } else if (begin_ != end_ && may_begin_request()) {
    now_waiting = waiting_for::head;
  } else if (queue_.first() == nullptr) {
    now_waiting = waiting_for::first_byte;
  }
  // Between two requests the wait begins anew, though both sides of it look the same.
  if (now_waiting != waiting_ || now_waiting == waiting_for::first_byte) {
    waiting_ = now_waiting;
    waiting_since_ = last_read_;
    if (now_waiting == waiting_for::first_byte || now_waiting == waiting_for::end_of_input) {
      waiting_since_ = std::chrono::steady_clock::now();
    }
  }
  if (waiting_ != waiting_for::nothing) {
    const auto deadline = read_deadline();
    if (!read_timer_.armed() || deadline < read_timer_.expiry()) {
      loop().arm_at(read_timer_, deadline);
    }
  }
  if (unprobed_ && reading_ && !probe_timer_.armed()) loop().arm(probe_timer_, probe_delay);
}

io::steady_time session::read_deadline() const noexcept {
  switch (waiting_) {
    case waiting_for::first_byte:
      return waiting_since_ + settings().idle_timeout;
    case waiting_for::head:
      return waiting_since_ + settings().header_timeout;
    case waiting_for::end_of_input:
      return waiting_since_ + linger_time;
    case waiting_for::body: {
      // The time of a header, and then as much as the least rate grants to what has arrived.
      const auto rate = std::max<std::size_t>(settings().body_min_rate, 1);
      const auto credit = incoming_->asked.body.size() * 1000 / rate;
      return waiting_since_ + settings().header_timeout + std::chrono::milliseconds(credit);
    }
    case waiting_for::nothing:
      break;
  }
  return io::steady_time::max();
}

void session::on_read_timer() {
  if (waiting_ == waiting_for::nothing || closed()) return;
  const session_ptr held(this);
  const auto deadline = read_deadline();
  if (std::chrono::steady_clock::now() < deadline) return loop().arm_at(read_timer_, deadline);
  on_read_deadline();
}

void session::on_read_deadline() {
  if (waiting_ == waiting_for::first_byte || waiting_ == waiting_for::end_of_input) return close();
  refuse({408, waiting_ == waiting_for::head ? "the header did not arrive in time"
                                             : "the body arrives too slowly"});
  advance();
  end_turn();
}

/// All that was sent but what still waits in the kernel on our side.
std::uint64_t session::taken_by_client() {
  int waiting = 0;
  if (::ioctl(socket_.native_handle(), SIOCOUTQ, &waiting) != 0) waiting = 0;
  return sent_ - std::min<std::uint64_t>(sent_, std::max(waiting, 0));
}

void session::on_write_timeout() {
  const auto& limits = settings();
  if (write_watch_.goes_on(taken_by_client(), limits.write_timeout, limits.write_min_rate)) {
    return loop().arm(write_timer_, limits.write_timeout);
  }
  counters().timeouts.fetch_add(1, std::memory_order_relaxed);
  const session_ptr held(this);
  // By a reset: the kernel would go on to offer megabytes to who does not take them.
  error_code ignored;
  socket_.set_option(io::asio::socket_base::linger(true, 0), ignored);
  close_for(stream_end::too_slow);
}

/// When the client has reset the connection together with its last bytes, the socket does not tell
/// (`io::stream_socket`): one look, once the connection is quiet.
void session::on_probe() {
  if (closed() || !unprobed_ || !reading_) return;
  const auto quiet_at = last_read_ + probe_delay;
  if (std::chrono::steady_clock::now() < quiet_at) return loop().arm_at(probe_timer_, quiet_at);
  const session_ptr held(this);
  unprobed_ = false;
  if (!socket_.peer_has_closed()) return;
  end_input(io::asio::error::eof);
  advance();
  end_turn();
}

void session::drain() {
  if (closed()) return;
  const session_ptr held(this);
  tell_stopping();
  advance();
  end_turn();
}

}  // namespace tributary::http::server
