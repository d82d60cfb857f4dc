// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/byte_slice.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::actors::cache {

using steady_time = std::chrono::steady_clock::time_point;

/// Set once, by the shard that kept an answer, when it lets go of it: for a purge, a newer answer,
/// lack of room, the end of its time or of the shard. Whoever keeps the answer beside the shard
/// looks here before each use. Any thread. A copy of an answer is another answer: its mark is not
/// set.
class forgotten_mark {
 public:
  forgotten_mark() = default;
  forgotten_mark(const forgotten_mark&) noexcept {}
  forgotten_mark& operator=(const forgotten_mark&) noexcept { return *this; }

  void set() const noexcept { set_.store(true, std::memory_order_release); }
  bool is_set() const noexcept { return set_.load(std::memory_order_acquire); }

 private:
  mutable std::atomic<bool> set_{false};
};

/// A complete answer as the client gets it. Immutable once shared, but for its mark, so that a hit
/// copies one pointer.
struct cached_answer {
  std::vector<http::wire::byte_slice> body;  ///< in order; one gathered write
  std::string etag;                          ///< strong, with its quotes
  std::vector<std::string> tags;             ///< by which it can be purged
  std::string aggregate_status;              ///< value of the header field, serialised
  steady_time stored_at;                     ///< end of the gather: `Age` counts from here
  steady_time expires_at;                    ///< from here on a miss
  std::size_t body_size = 0;                 ///< bytes of the body, for Content-Length
  std::size_t footprint = 0;                 ///< bytes on the heap, about
  forgotten_mark forgotten;                  ///< no longer to be answered with
};

using cached_answer_ptr = std::shared_ptr<const cached_answer>;

/// Completes the two sizes of an answer and makes it immutable. Bytes that several answers share
/// (literal keys) are counted in each: the cache then keeps too little rather than too much.
inline cached_answer_ptr share(cached_answer answer) {
  answer.body_size = 0;
  answer.footprint = sizeof(cached_answer) + answer.etag.capacity() +
                     answer.aggregate_status.capacity() +
                     answer.body.capacity() * sizeof(http::wire::byte_slice);
  for (const auto& tag : answer.tags) answer.footprint += sizeof(tag) + tag.capacity();
  for (const auto& fragment : answer.body) {
    answer.body_size += fragment.size();
    answer.footprint += fragment.owner().footprint();
  }
  return std::make_shared<const cached_answer>(std::move(answer));
}

}  // namespace tributary::actors::cache
