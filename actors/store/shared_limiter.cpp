// SPDX-License-Identifier: MIT
#include "actors/store/shared_limiter.hpp"

#include "actors/guards/guard_actors.hpp"
#include "actors/store/gcra_script.hpp"
#include "actors/store/redis_resources.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::actors::store {

using config::store_failure;
using http::wire::error_token;
using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// Tags of batches: by digest, or with the text since Redis did not know the digest.
constexpr std::uint64_t digest_tag = 0;
constexpr std::uint64_t text_tag = 1;

/// Told to calls that are refused for want of Redis, which tries again by then.
constexpr auto closed_wait = std::chrono::seconds{1};

}  // namespace

/// A call that Redis decides; held by its batch, so that it cannot outlive the answer.
struct shared_limiter_actor::waiting {
  make_call message;
  guards::steady_time deadline;  ///< of both attempts together
};

shared_limiter_actor::shared_limiter_actor(caf::actor_config& cfg, std::string path,
                                           shared_limiter_wiring wiring)
    : observed_actor(cfg, std::move(path), "limiter"),
      wiring_(std::move(wiring)),
      key_(gcra_script::key_of(wiring_.resources->settings.name)),
      whole_(*wiring_.resources->settings.rate_limit) {}

caf::behavior shared_limiter_actor::make_behavior() {
  return {
      [this](make_call& m) { on_call(m); },
      [this](redis_answered& m) { on_answer(m); },
  };
}

void shared_limiter_actor::on_call(make_call& message) {
  if (message.call->cancelled()) return;
  if (waiting_ >= wiring_.max_waiting || wiring_.redis.get() == nullptr) {
    return decide_alone(message);
  }
  const auto deadline = std::min(message.call->asked().deadline,
                                 message.at + wiring_.store->settings.command_timeout);
  ++waiting_;
  ask(std::make_shared<waiting>(waiting{std::move(message), deadline}), false);
}

/// There must be a Redis actor.
void shared_limiter_actor::ask(const std::shared_ptr<waiting>& call, bool with_text) {
  redis_batch batch;
  batch.commands.push_back(gcra_script::command(with_text, key_, whole_));
  batch.deadline = call->deadline;
  runtime::tell(*wiring_.redis.get(), redis_request{std::make_shared<redis_call>(
                                          std::move(batch), caf::actor_cast<caf::actor>(this), call,
                                          with_text ? text_tag : digest_tag)});
}

void shared_limiter_actor::on_answer(redis_answered& message) {
  const auto call = std::static_pointer_cast<waiting>(std::move(message.context));
  const auto& result = message.results.front();
  const auto unknown = result.why == redis::failure::none &&
                       redis::error_word(result.reply) == "NOSCRIPT" && message.tag == digest_tag;
  if (unknown && !call->message.call->cancelled() && wiring_.redis.get() != nullptr) {
    return ask(call, true);
  }
  --waiting_;
  if (call->message.call->cancelled()) return;
  call->message.at = std::max(call->message.at, clock().now());
  const auto decision = result.why == redis::failure::none ? gcra_script::read(result.reply)
                                                           : std::optional<guards::rate_decision>{};
  if (decision) return carry_out(call->message, *decision, false);
  decide_alone(call->message);
}

void shared_limiter_actor::decide_alone(make_call& message) {
  switch (wiring_.resources->settings.rate_limit->on_store_failure) {
    case store_failure::local:
      return carry_out(message, grant_share(message.at), true);
    case store_failure::open:
      return carry_out(message, {true, {}, 0, {}}, true);
    case store_failure::closed:
      return carry_out(message, {false, closed_wait, 0, {}}, true);
  }
}

guards::rate_decision shared_limiter_actor::grant_share(guards::steady_time now) {
  auto& resources = *wiring_.resources;
  const auto& limit = *resources.settings.rate_limit;
  const auto instances = wiring_.store->instances.load(std::memory_order_relaxed);
  const auto share = limit.local_share.value_or(1.0 / std::max(1U, instances));
  const std::lock_guard lock{resources.mutex};
  if (share != resources.limiter_share) {
    resources.limiter->rescale(limit, share, now);
    resources.limiter_share = share;
  }
  return resources.limiter->decide(now);
}

void shared_limiter_actor::carry_out(make_call& message, const guards::rate_decision& decision,
                                     bool alone) {
  auto& metrics = wiring_.resources->metrics;
  if (decision.allowed) {
    (alone ? metrics.rate_allowed : metrics.rate_allowed_shared).add();
    guards::pass_on(message, wiring_.next);
  } else {
    (alone ? metrics.rate_limited : metrics.rate_limited_shared).add();
    const auto until = (message.at + decision.retry_after).time_since_epoch().count();
    wiring_.resources->limited_until.store(until, std::memory_order_relaxed);
    message.call->fail(error_token::connection_limit_reached, "rate_limited", message.at,
                       ceil<milliseconds>(decision.retry_after));
  }
}

}  // namespace tributary::actors::store
