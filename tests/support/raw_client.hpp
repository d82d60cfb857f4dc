// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::tests {

/// A client over TCP or a Unix socket that knows no HTTP beyond where an answer ends: it sends what
/// a test wants sent, right or wrong. Blocks, with a deadline on each wait.
class raw_client {
 public:
  static constexpr std::chrono::milliseconds patience{10'000};

  /// Connects to the loopback interface; the test fails by exception when that does not work.
  explicit raw_client(std::uint16_t port);

  /// The same with a Unix socket.
  explicit raw_client(const std::string& socket_path);
  ~raw_client();
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// Sends all bytes. @returns false when the peer has closed
  bool send(std::string_view bytes);

  /// Closes the sending side.
  void finish_sending();

  /// Closes; with `reset` by RST.
  void close(bool reset = false);

  /// The next answer with the body that its Content-Length announces; an interim one has none. With
  /// `head_only` no body is awaited. Empty when the connection ended or time ran out.
  std::string read_answer(bool head_only = false);

  /// Waits for bytes and throws away at most `most` of them. @returns false when the connection
  /// ended
  bool skip_some(std::size_t most);

  /// Everything until the server closes. `closed()` tells whether it did.
  std::string read_to_end(std::chrono::milliseconds limit = patience);

  /// Reads until `text` is among what has come and not been taken by another read, which it stays.
  /// @returns false when the connection ended or time ran out before
  bool read_until(std::string_view text, std::chrono::milliseconds limit = patience);

  /// What has come and not been taken.
  const std::string& input() const noexcept { return input_; }

  /// True when the server closed the connection or reset it, found by a read.
  bool closed() const noexcept { return closed_; }

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);

  int socket_ = -1;
  bool closed_ = false;
  std::string input_;
};

/// Value of a header field in a raw answer, name in any case; empty when absent.
std::string header_of(std::string_view answer, std::string_view name);

/// Status code of a raw answer; 0 when it is none.
int status_of(std::string_view answer);

/// What follows the empty line.
std::string body_of(std::string_view answer);

}  // namespace tributary::tests
