// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "http/server/exchange_state.hpp"
#include "http/server/serving.hpp"
#include "http/wire/http_date.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::server {

class session;

/// What the sessions of one listener on one event loop have in common. Everything runs on the
/// loop's thread, but for the constructor.
class session_group : public std::enable_shared_from_this<session_group> {
 public:
  session_group(io::event_loop& loop, std::shared_ptr<serving> shared,
                std::shared_ptr<const generation> served);
  ~session_group();
  session_group(const session_group&) = delete;
  session_group& operator=(const session_group&) = delete;

  io::event_loop& loop() noexcept { return loop_; }
  serving& shared() noexcept { return *shared_; }

  /// What requests meet that begin now.
  const generation_ref& current() const noexcept { return current_; }

  /// Puts another generation in its place.
  void serve(std::shared_ptr<const generation> served);

  /// Serves a connected, non-blocking socket, which it takes over. A socket that comes after
  /// `drain` is closed.
  void admit(int descriptor, std::string remote_address);

  /// An empty exchange, recycled if possible; give it back to `recycle`.
  std::unique_ptr<exchange> make_exchange();
  void recycle(std::unique_ptr<exchange> used);

  /// Bytes of a read buffer: most requests fit.
  static constexpr std::size_t buffer_size = 4096;

  /// A read buffer, the one that was given back last if there is one: its memory is in the
  /// processor's caches. Give it back as soon as all in it is understood.
  std::unique_ptr<char[]> take_buffer();
  void give_buffer_back(std::unique_ptr<char[]> used);

  /// The Date of now, made once per second.
  std::string_view date();

  /// From now on each answer says `Connection: close`: the listener will stop soon.
  void say_close() noexcept { saying_close_ = true; }
  bool saying_close() const noexcept { return saying_close_ || draining_; }

  /// Closes idle sessions, lets busy ones finish, closes what is left after `timeout`, and calls
  /// `done` when no connection is open. Once.
  void drain(std::chrono::steady_clock::duration timeout, std::function<void()> done);
  bool draining() const noexcept { return draining_; }

  /// Sessions with an open socket. Called by `session` alone.
  void join(session& opened);
  void leave(session& closed);

 private:
  void on_drain_timeout();
  void check_drained();
  template <class Function>
  void each_session(Function&& f);

  io::event_loop& loop_;
  std::shared_ptr<serving> shared_;
  generation_ref current_;
  session* first_ = nullptr;
  std::vector<std::unique_ptr<exchange>> spare_;
  std::vector<std::unique_ptr<char[]>> spare_buffers_;
  wire::http_date date_{};
  std::chrono::system_clock::time_point date_of_{};
  bool saying_close_ = false;
  bool draining_ = false;
  std::function<void()> on_drained_;
  io::timer drain_timer_;
};

}  // namespace tributary::http::server
