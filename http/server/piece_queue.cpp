// SPDX-License-Identifier: MIT
#include "http/server/piece_queue.hpp"

#include <charconv>

namespace tributary::http::server {

std::size_t piece_queue::add(std::span<const wire::byte_slice> pieces) {
  std::size_t content = 0;
  for (const auto& each : pieces) content += each.size();
  if (content == 0) return 0;
  const auto begin = pieces_.size();
  pieces_.reserve(begin + pieces.size());
  for (const auto& each : pieces) {
    if (!each.empty()) pieces_.push_back({each});
  }
  auto& first = pieces_[begin];
  first.begins = true;
  pieces_.back().ends = true;
  auto added = content;
  if (chunked_) {
    auto* at = first.frame.data();
    at = std::to_chars(at, at + first.frame.size() - 2, content, 16).ptr;
    *at++ = '\r';
    *at++ = '\n';
    first.frame_size = static_cast<std::uint8_t>(at - first.frame.data());
    added += first.frame_size + 2U;
  }
  size_ += added;
  return added;
}

std::size_t piece_queue::end() {
  if (!chunked_) return 0;
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  pieces_.push_back({wire::byte_slice::literal(last_chunk)});
  pieces_.back().begins = true;
  size_ += last_chunk.size();
  return last_chunk.size();
}

void piece_queue::consume(std::size_t size) noexcept {
  size_ -= size;
  sent_ += size;
  while (first_ < pieces_.size() && sent_ >= size_of(pieces_[first_])) {
    sent_ -= size_of(pieces_[first_]);
    pieces_[first_++].text = {};
  }
  if (first_ == pieces_.size()) {
    pieces_.clear();
    first_ = 0;
  } else if (first_ > 64 && first_ * 2 > pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

std::size_t piece_queue::discard_unsent() noexcept {
  auto kept = first_;
  // What has begun must go on to its end, or the chunks after it could not be told apart.
  const auto has_begun = [&] { return kept > first_ || sent_ > 0 || !pieces_[kept].begins; };
  while (kept < pieces_.size() && has_begun()) {
    if (kept > first_ && pieces_[kept].begins) break;
    ++kept;
  }
  std::size_t dropped = 0;
  for (auto i = kept; i < pieces_.size(); ++i) dropped += size_of(pieces_[i]);
  pieces_.resize(kept);
  size_ -= dropped;
  if (first_ == pieces_.size()) {
    pieces_.clear();
    first_ = 0;
  }
  return dropped;
}

}  // namespace tributary::http::server
