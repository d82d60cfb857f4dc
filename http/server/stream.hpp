// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/byte_slice.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace tributary::http::server {

class session;
struct exchange;

/// Why an answer in pieces is over before its handler has ended it.
enum class stream_end : std::uint8_t {
  client_gone,  ///< it closed or reset
  too_slow,     ///< it took nothing for `write_timeout`, or less than `write_min_rate`
  stopping,     ///< the listener drains; what is written within the callback still goes out
};

/// An answer that is written in pieces, over as much time as it takes: what
/// `responder::start_stream` gives. Move-only, and empty once it is over, for whatever reason.
/// Destroying it unfinished aborts it.
///
/// Everything on the session's thread, callbacks too. Any of `write`, `finish` and `abort` may call
/// the callback of *another* stream of the same connection, and `write` that of its own.
class stream {
 public:
  using end_callback = std::function<void(stream_end why)>;

  stream() noexcept = default;
  stream(stream&& other) noexcept { take(other); }
  stream& operator=(stream&& other) noexcept {
    if (this != &other) {
      abort();
      take(other);
    }
    return *this;
  }
  ~stream() { abort(); }

  /// Hands over the next piece. It is written now when the socket takes it and the answer is the
  /// first in line, else as soon as that is so. With HTTP/1.1 each call makes one chunk, so pieces
  /// that belong together should come together. Does nothing on an empty stream.
  void write(std::span<const wire::byte_slice> pieces);
  void write(const wire::byte_slice& piece) { write(std::span{&piece, 1}); }

  /// Bytes handed over that the socket has not taken. There is no bound but the writer's own.
  std::size_t backlog() const noexcept;

  /// Forgets all writes of which no byte has gone out yet.
  void discard_unsent();

  /// Ends the answer after all that was written. The callback is not called any more.
  /// @param close the connection too; else it serves the next request if the client can tell
  void finish(bool close = false);

  /// Ends the connection, after the answers before this one, so that the client knows the answer to
  /// be cut. The callback is not called any more.
  void abort();

  /// Sets what is called, once, when the stream ends by itself; it is empty then, but for
  /// `stopping`. May destroy the stream.
  void on_end(end_callback f);

  explicit operator bool() const noexcept { return exchange_ != nullptr; }

 private:
  friend class session;
  friend struct stream_state;

  stream(session& owner, exchange& answers) noexcept;
  void take(stream& other) noexcept;
  std::pair<session*, exchange*> let_go() noexcept;

  session* session_ = nullptr;
  exchange* exchange_ = nullptr;
};

}  // namespace tributary::http::server
