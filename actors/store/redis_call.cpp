// SPDX-License-Identifier: MIT
#include "actors/store/redis_call.hpp"

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/store/redis_resources.hpp"
#include "providers/redis/client.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace tributary::actors::store {

namespace {

/// What the end of a batch says of Redis. An error that Redis answers says that it is there; that
/// nothing was sent says nothing that its connection does not know already.
guards::call_outcome outcome_of(const std::vector<redis::result>& results) noexcept {
  auto outcome = guards::call_outcome::success;
  for (const auto& each : results) {
    switch (each.why) {
      case redis::failure::timed_out:
      case redis::failure::connection_lost:
      case redis::failure::protocol:
        return guards::call_outcome::failure;
      case redis::failure::not_connected:
      case redis::failure::overloaded:
      case redis::failure::shut_down:
        outcome = guards::call_outcome::neutral;
        break;
      case redis::failure::none:
        break;
    }
  }
  return outcome;
}

/// Errors that only say what a key holds, or that a script is not known yet, are no trouble.
void note_refusal(redis_resources& shared, const redis::result& result) {
  if (result.why != redis::failure::none || result.reply.kind != redis::reply_kind::error) return;
  const auto word = redis::error_word(result.reply);
  if (word != "NOSCRIPT" && word != "WRONGTYPE") shared.note_refusal(result.reply.text);
}

}  // namespace

redis_call::redis_call(redis_batch wanted, caf::actor reply_to, std::shared_ptr<void> context,
                       std::uint64_t tag)
    : wanted_(std::move(wanted)),
      reply_to_(std::move(reply_to)),
      context_(std::move(context)),
      tag_(tag),
      results_(wanted_.commands.size()),
      missing_(wanted_.commands.size()) {}

redis_call::~redis_call() {
  if (missing_ != 0) fail(redis::failure::shut_down);
}

void redis_call::send(redis::client& through, redis_resources& shared,
                      guards::breaker_permit permit, steady_time now) {
  shared_ = &shared;
  permit_ = permit;
  began_ = now;
  const auto deadline = wanted_.large
                            ? wanted_.deadline
                            : std::min(wanted_.deadline, now + shared.settings.command_timeout);
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < wanted_.commands.size(); ++i) {
    words.assign(wanted_.commands[i].begin(), wanted_.commands[i].end());
    through.send(words, deadline, [self = shared_from_this(), i](redis::result&& result) {
      self->on_result(i, std::move(result));
    });
  }
}

void redis_call::on_result(std::size_t index, redis::result&& result) {
  results_[index] = std::move(result);
  if (--missing_ == 0) finish();
}

void redis_call::fail(redis::failure why) {
  for (auto& each : results_) each.why = why;
  missing_ = 0;
  finish();
}

void redis_call::answer(std::vector<redis::result> results) {
  results_ = std::move(results);
  missing_ = 0;
  finish();
}

void redis_call::finish() {
  if (shared_ != nullptr) {
    const auto now = std::chrono::steady_clock::now();
    shared_->record(permit_, outcome_of(results_), now - began_, now);
    for (const auto& each : results_) note_refusal(*shared_, each);
  }
  if (reply_to_) {
    runtime::tell(reply_to_, redis_answered{std::move(context_), tag_, std::move(results_)});
  }
}

}  // namespace tributary::actors::store
