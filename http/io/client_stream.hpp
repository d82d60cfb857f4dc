// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/stream_socket.hpp"

#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace tributary::http::io {

/// A connection that we have opened, in plain or with TLS on it: reads and writes that look the
/// same either way. Made by a `dialer`. Loop thread only; must outlive its pending operations.
class client_stream {
 public:
  using tls_stream = asio::ssl::stream<plain_socket&>;

  explicit client_stream(event_loop& loop) : socket_(loop.context()) {}
  client_stream(const client_stream&) = delete;
  client_stream& operator=(const client_stream&) = delete;

  stream_socket& socket() noexcept { return socket_; }
  bool encrypted() const noexcept { return tls_.has_value(); }

  /// The address that it is connected to, or is being connected to.
  const endpoint& peer() const noexcept { return peer_; }
  void set_peer(const endpoint& to) { peer_ = to; }

  /// Puts TLS on the socket, still without a handshake.
  tls_stream& encrypt(asio::ssl::context& context) { return tls_.emplace(socket_, context); }

  /// OpenSSL's side of it; null in plain.
  SSL* tls_session() noexcept { return tls_ ? tls_->native_handle() : nullptr; }

  /// Writes all of `bytes`, which must stay until the end. They nearly always fit into the socket's
  /// buffer: then one system call is all of it, and `handler` is not called. Else the rest goes out
  /// as the peer takes it, and after each piece `handler(error, left)` is called, later, on the
  /// loop; with an error or with nothing left for the last time. TLS always goes in pieces.
  ///
  /// An error of the first system call shows in the pieces. One write at a time.
  /// @returns bytes left to be written
  template <class Handler>
  std::size_t write(std::string_view bytes, Handler handler) {
    if (!tls_) bytes.remove_prefix(write_now(bytes));
    if (!bytes.empty()) {
      write_piece(piece_operation<Handler>{*this, bytes, std::move(handler)});
    }
    return bytes.size();
  }

  /// Like `async_read_some`: `handler(error, size)` is called later, on the loop, once. In plain it
  /// is a drained read (see `stream_socket`).
  template <class Handler>
  void read(asio::mutable_buffer space, Handler handler) {
    if (tls_) {
      tls_->async_read_some(space, std::move(handler));
    } else {
      socket_.async_read_drained(space, std::move(handler));
    }
  }

  /// Closes the socket, without a farewell of TLS. Pending operations end with an error.
  void close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  template <class Handler>
  struct piece_operation {
    client_stream& stream;
    std::string_view rest;
    Handler handler;

    void operator()(boost::system::error_code error, std::size_t size) {
      rest.remove_prefix(size);
      if (!error && !rest.empty() && !stream.socket_.is_open()) {
        error = asio::error::operation_aborted;
      }
      if (error || rest.empty()) return handler(error, rest.size());
      auto told = handler;
      const auto left = rest.size();
      stream.write_piece(std::move(*this));
      told(error, left);
    }
  };

  template <class Handler>
  void write_piece(piece_operation<Handler>&& operation) {
    const auto buffer = asio::buffer(operation.rest);
    if (tls_) {
      tls_->async_write_some(buffer, std::move(operation));
    } else {
      socket_.async_write_some(buffer, std::move(operation));
    }
  }

  /// Bytes that the socket has taken; 0 also for an error, which the next write or read meets
  /// again.
  std::size_t write_now(std::string_view bytes);

  stream_socket socket_;
  endpoint peer_;
  std::optional<tls_stream> tls_;
};

}  // namespace tributary::http::io
