// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/hot_answers.hpp"
#include "http/io/event_loop.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace tributary::actors::cache {

/// The hot answers of one worker, and the way to them from other threads. Lives as long as the
/// process serves, beside the shards and every configuration; the loop outlives it.
class worker_answers : public std::enable_shared_from_this<worker_answers> {
 public:
  worker_answers(http::io::event_loop& loop, std::size_t max_bytes, std::uint64_t seed)
      : loop_(loop), answers_(max_bytes, seed) {}

  /// On the worker's thread alone.
  hot_answers& answers() noexcept { return answers_; }

  /// Any thread: see `hot_answers::keep`. From the worker's own it is done within the call.
  void keep(std::string_view key, const cached_answer_ptr& answer, answer_keeper keeper);

  /// Any thread: see `hot_answers::forget`. Done soon.
  void forget(std::shared_ptr<const std::vector<std::uint64_t>> hashes);

 private:
  http::io::event_loop& loop_;
  hot_answers answers_;
};

}  // namespace tributary::actors::cache
