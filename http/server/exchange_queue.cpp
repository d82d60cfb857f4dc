// SPDX-License-Identifier: MIT
#include "http/server/exchange_queue.hpp"

namespace tributary::http::server {

namespace {

/// An answer is kept whole until its last byte is written.
std::size_t bytes_kept(const exchange& by) noexcept {
  auto result = by.asked.body.size();
  if (by.stream != nullptr) {
    result += by.stream->pieces.size();
  } else if (by.answered) {
    result += by.answer.headers.size() + by.answer.body_size();
  }
  return result;
}

}  // namespace

exchange_queue::~exchange_queue() {
  while (first_ != nullptr) pop_front();
}

exchange& exchange_queue::append(std::unique_ptr<exchange> added) noexcept {
  auto* const result = added.release();
  result->next = nullptr;
  (first_ == nullptr ? first_ : last_->next) = result;
  last_ = result;
  ++size_;
  return *result;
}

std::unique_ptr<exchange> exchange_queue::pop_front() noexcept {
  std::unique_ptr<exchange> result(first_);
  first_ = std::exchange(result->next, nullptr);
  if (first_ == nullptr) last_ = nullptr;
  --size_;
  return result;
}

bool exchange_queue::may_begin_last() const noexcept {
  std::size_t kept = 0;
  for (const auto* at = first_; at != last_; at = at->next) {
    if ((at->large && !at->answered) || at->forsaken()) return false;
    kept += bytes_kept(*at);
    if (kept > most_kept) return false;
  }
  return true;
}

}  // namespace tributary::http::server
