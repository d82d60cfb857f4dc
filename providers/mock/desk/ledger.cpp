// SPDX-License-Identifier: MIT
#include "providers/mock/desk/ledger.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace tributary::providers::mock {

std::uint64_t ledger::count_request() noexcept {
  return requests_.fetch_add(1, std::memory_order_relaxed);
}

void ledger::count_answer(unsigned status) noexcept {
  if (status < statuses) answers_[status].fetch_add(1, std::memory_order_relaxed);
}

void ledger::count_hang() noexcept { hung_.fetch_add(1, std::memory_order_relaxed); }

std::uint64_t ledger::requests() const noexcept {
  return requests_.load(std::memory_order_relaxed);
}

nlohmann::ordered_json ledger::to_json() const {
  auto answers = nlohmann::ordered_json::object();
  for (unsigned status = 0; status < statuses; ++status) {
    const auto count = answers_[status].load(std::memory_order_relaxed);
    if (count > 0) answers[std::to_string(status)] = count;
  }
  return {{"requests", requests()},
          {"answers", std::move(answers)},
          {"hung", hung_.load(std::memory_order_relaxed)}};
}

}  // namespace tributary::providers::mock
