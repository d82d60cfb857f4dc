// SPDX-License-Identifier: MIT
#include "providers/mock/desk/desk.hpp"

#include "providers/mock/desk/mishaps.hpp"
#include "providers/mock/scramble.hpp"

#include <utility>

namespace tributary::providers::mock {

namespace {

/// Indexes of the random sequence of a service.
enum sequence : std::uint64_t { of_delays = 1, of_errors };

/// The length stays, and no parser of JSON can take it: whatever was opened is closed by the other
/// bracket.
void break_body(reply& answer) {
  answer.owned = std::string{answer.body()};
  answer.shared = {};
  if (answer.owned.empty()) return;
  answer.owned.back() = answer.owned.front() == '[' ? '}' : ']';
}

}  // namespace

/// Knobs and what follows from them.
struct desk::settled {
  knobs values;
  mishap_rules rules;
};

desk::desk(std::string_view service, std::uint64_t seed, const knobs& initial)
    : seed_(seed), stream_(stream_of(service)) {
  set(initial);
}

desk::~desk() = default;

std::shared_ptr<const desk::settled> desk::active() const {
  const std::lock_guard lock{mutex_};
  return active_;
}

std::shared_ptr<const knobs> desk::current() const {
  auto now = active();
  const auto* values = &now->values;
  return {std::move(now), values};
}

void desk::set(const knobs& to) {
  auto next = std::make_shared<const settled>(settled{to, rules_of(to)});
  const std::lock_guard lock{mutex_};
  calm_.store(next->rules == mishap_rules{}, std::memory_order_relaxed);
  active_ = std::move(next);
}

scripted_reply desk::deliver(std::uint64_t number, reply answer) {
  scripted_reply result{std::move(answer)};
  if (!calm_.load(std::memory_order_relaxed)) {
    const auto now = active();
    const auto fate =
        decide(now->rules, scramble(scramble(seed_, stream_, of_delays), stream_, number),
               scramble(scramble(seed_, stream_, of_errors), stream_, number));
    result.delay = fate.delay;
    result.hang = fate.hang;
    result.truncate = fate.truncate;
    if (fate.error) result.answer = failure(now->rules.error_status, "injected error");
    if (fate.malformed) break_body(result.answer);
  }
  // What the stand-in itself wants to happen, unless an error has taken its place.
  result.drop = result.answer.where == cut::at_once;
  if (result.answer.where == cut::half_way) result.truncate = true;
  if (result.hang || result.drop) {
    ledger_.count_hang();
  } else {
    ledger_.count_answer(result.answer.status);
  }
  return result;
}

}  // namespace tributary::providers::mock
