// SPDX-License-Identifier: MIT
#include "actors/cache/worker_answers.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace tributary::actors::cache {

using http::io::event_loop;

void worker_answers::keep(std::string_view key, const cached_answer_ptr& answer,
                          answer_keeper keeper) {
  const auto now = std::chrono::steady_clock::now();
  if (event_loop::current() == &loop_) return answers_.keep(key, answer, keeper, now);
  loop_.post([self = shared_from_this(), key = std::string{key}, answer, keeper, now] {
    self->answers_.keep(key, answer, keeper, now);
  });
}

void worker_answers::forget(std::shared_ptr<const std::vector<std::uint64_t>> hashes) {
  loop_.post(
      [self = shared_from_this(), hashes = std::move(hashes)] { self->answers_.forget(*hashes); });
}

}  // namespace tributary::actors::cache
