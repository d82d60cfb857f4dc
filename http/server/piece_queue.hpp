// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/byte_slice.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tributary::http::server {

/// What an answer in pieces still has to send, framed by the chunked transfer coding (RFC 9112,
/// 7.1) if wanted. Pure: knows no socket. All sizes are those on the wire.
class piece_queue {
 public:
  explicit piece_queue(bool chunked) noexcept : chunked_(chunked) {}

  /// One chunk of all of `pieces`; nothing when they are empty, since an empty chunk would be the
  /// end. @returns its size
  std::size_t add(std::span<const wire::byte_slice> pieces);

  /// The last chunk. @returns its size; 0 when not chunked
  std::size_t end();

  /// The first `size` bytes have been sent.
  void consume(std::size_t size) noexcept;

  /// Removes the chunks of which nothing has been sent. Not after `end`. @returns their size
  std::size_t discard_unsent() noexcept;

  /// Bytes to be sent.
  std::size_t size() const noexcept { return size_; }

  /// Calls `take(std::string_view)` with all that is to be sent, in order, until it returns false.
  template <class Function>
  void each(Function&& take) const;

 private:
  struct piece {
    wire::byte_slice text;
    std::array<char, 18> frame{};  ///< the chunk's size, before its first piece
    std::uint8_t frame_size = 0;
    bool begins = false;
    bool ends = false;
  };

  std::string_view tail(const piece& of) const noexcept {
    return chunked_ && of.ends ? std::string_view{"\r\n"} : std::string_view{};
  }
  std::size_t size_of(const piece& of) const noexcept {
    return of.frame_size + of.text.size() + tail(of).size();
  }

  std::vector<piece> pieces_;
  std::size_t first_ = 0;  ///< those before are sent
  std::size_t sent_ = 0;   ///< bytes of the first
  std::size_t size_ = 0;
  bool chunked_;
};

template <class Function>
void piece_queue::each(Function&& take) const {
  auto skip = sent_;
  const auto give = [&](std::string_view text) {
    const auto left_out = skip < text.size() ? skip : text.size();
    skip -= left_out;
    text.remove_prefix(left_out);
    return text.empty() || take(text);
  };
  for (auto i = first_; i < pieces_.size(); ++i) {
    const auto& at = pieces_[i];
    if (!give({at.frame.data(), at.frame_size}) || !give(at.text.view()) || !give(tail(at))) return;
  }
}

}  // namespace tributary::http::server
