// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange_state.hpp"

#include <cstddef>
#include <memory>
#include <utility>

namespace tributary::http::server {

/// The requests of one connection in the order of their arrival, which is that of their answers.
/// Owns them, and decides when one more may be begun. Knows no socket; one thread at a time.
class exchange_queue {
 public:
  /// Bytes that may be kept for a client that does not read, beside the answer that it is to read
  /// next: answers and request bodies.
  static constexpr std::size_t most_kept = 64 * 1024;

  exchange_queue() noexcept = default;
  exchange_queue(exchange_queue&& other) noexcept { swap(other); }
  exchange_queue& operator=(exchange_queue&& other) noexcept {
    exchange_queue(std::move(other)).swap(*this);
    return *this;
  }
  ~exchange_queue();

  exchange& append(std::unique_ptr<exchange> added) noexcept;

  /// Takes out the first; not when empty.
  std::unique_ptr<exchange> pop_front() noexcept;

  /// The one to be answered next, null when empty; those behind it follow by `next`.
  exchange* first() const noexcept { return first_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return first_ == nullptr; }

  /// True when the last may be begun, by what is before it. Nothing is begun behind a request whose
  /// answer may get large, nor while more than `most_kept` bytes wait to be read: so a client that
  /// reads nothing makes us hold one large answer at a time. Small answers are made ahead. Behind a
  /// forsaken request nothing is answered any more.
  bool may_begin_last() const noexcept;

 private:
  void swap(exchange_queue& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(last_, other.last_);
    std::swap(size_, other.size_);
  }

  exchange* first_ = nullptr;
  exchange* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tributary::http::server
