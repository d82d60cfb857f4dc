// SPDX-License-Identifier: MIT
#include "http/server/handlers/aggregate/aggregate_handler.hpp"

#include "actors/cache/cache_key.hpp"
#include "actors/cache/shard_of.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/server/handlers/aggregate/aggregate_input.hpp"
#include "http/server/handlers/aggregate/aggregate_output.hpp"
#include "http/server/problems.hpp"

#include <bit>
#include <utility>

namespace tributary::http::server {

namespace aggregation = actors::aggregation;
namespace rt = actors::runtime;

namespace {

void count(actors::telemetry::endpoint_metrics& metrics, const aggregation::aggregate_reply& reply,
           steady_time::duration taken) {
  metrics.overhead.observe(taken - reply.upstream_wait);
  const auto& cache = reply.cache;
  if (cache.used) {
    const auto& hit = cache.redis ? metrics.cache.hit_redis : metrics.cache.hit;
    (cache.hit ? hit : metrics.cache.miss).add();
  }
  if (cache.collapsed) metrics.coalesced.add();
  for (auto left = reply.degraded; left != 0; left &= left - 1) {
    metrics.parts[static_cast<std::size_t>(std::countr_zero(left))].degraded.add();
  }
  for (const auto& [part, error] : reply.missing) metrics.parts[part].missing(error);
}

}  // namespace

/// An HTTP request that waits for its aggregate.
class aggregate_handler::call final : public aggregation::aggregate_call {
 public:
  call(responder answer, actors::telemetry::endpoint_metrics& metrics)
      : responder_(std::move(answer)), metrics_(metrics) {}

  void answer(aggregation::aggregate_reply&& reply) override {
    const auto now = std::chrono::steady_clock::now();
    count(metrics_, reply, now - received);
    if (reply.cache.lent && hot != nullptr) hot->keep(cache_key, reply.complete, keeper);
    auto rendered = render_aggregate(responder_.get_request(), std::move(reply), handling, now);
    std::move(responder_).respond(std::move(rendered));
  }

  responder& duty() noexcept { return responder_; }

  std::shared_ptr<actors::cache::worker_answers> hot;  ///< of the client's worker
  actors::cache::answer_keeper keeper;                 ///< the shard that is asked

 private:
  responder responder_;
  actors::telemetry::endpoint_metrics& metrics_;
};

aggregate_handler::aggregate_handler(std::shared_ptr<const aggregation::endpoint_plan> plan,
                                     std::vector<aggregate_refs>& refs,
                                     actors::telemetry::endpoint_metrics& metrics)
    : plan_(std::move(plan)), refs_(refs), metrics_(metrics) {}

void aggregate_handler::handle(const request& asked, responder answer) {
  auto input = read_aggregate_input(*plan_, asked);
  if (!input.errors.empty()) {
    aggregation::aggregate_reply reply;
    reply.judged = aggregation::refuse_parameters(*plan_, input.errors, asked.request_id);
    std::move(answer).respond(
        render_aggregate(asked, std::move(reply), input.handling, asked.received));
    return;
  }
  auto& refs = refs_[rt::worker::current()->index()];
  const auto* aggregator = refs.aggregator.get();
  if (aggregator == nullptr) {
    std::move(answer).respond(overloaded(asked, "the aggregator is being restarted"));
    return;
  }
  std::string key;
  if (plan_->cache_key) {
    actors::cache::append_cache_key(*plan_, input.values, key);
    if (answer_hot(asked, answer, refs, key, input.handling)) return;
  }
  auto waiting = std::make_shared<call>(std::move(answer), metrics_);
  waiting->plan = plan_;
  waiting->values = std::move(input.values);
  waiting->handling = input.handling;
  waiting->request_id = asked.request_id;
  waiting->received = asked.received;
  waiting->deadline = actors::guards::waiter_deadline(asked.received, plan_->settings.timeout,
                                                      plan_->settings.merge_reserve, input.limits);
  waiting->aggregator = *aggregator;
  // The client may leave: whoever gathers for it is told, and whoever gets the call later sees
  // `gone`.
  waiting->duty().on_disconnect([weak = std::weak_ptr<call>(waiting), &refs] {
    const auto left = weak.lock();
    if (left == nullptr) return;
    left->gone = true;
    for (auto& each : refs.aggregators) {
      if (const auto* to = each.get()) rt::tell(*to, actors::caller_left{left});
    }
  });
  if (plan_->cache_key) {
    const auto shard = actors::cache::shard_of(key, refs.caches.size());
    auto& place = refs.caches[shard];
    // Read before the handle, so that a later incarnation is never named for an earlier one.
    const auto incarnation = place.target()->incarnation();
    if (const auto* to = place.get()) {
      waiting->cache_key = std::move(key);
      waiting->hot = refs.hot;
      waiting->keeper = {shard, incarnation};
      rt::tell(*to, actors::look_up{std::move(waiting)});
      return;
    }
    // Without its cache shard the request is still served, only not shared.
  }
  rt::tell(*aggregator, actors::start_gather{std::move(waiting), 0});
}

/// Answers from what this worker keeps beside the shard, while that runs which has lent it.
/// @returns false, with nothing done, where there is no such answer
bool aggregate_handler::answer_hot(const request& asked, responder& answer, aggregate_refs& refs,
                                   std::string_view key, aggregation::strictness handling) {
  if (refs.hot == nullptr) return false;
  const auto now = std::chrono::steady_clock::now();
  auto found = refs.hot->answers().find(key, now);
  if (found == nullptr) return false;
  auto& place = refs.caches[found->keeper.shard];
  const auto* shard = place.get();
  if (shard == nullptr || place.target()->incarnation() != found->keeper.incarnation) return false;
  if (const auto hits = found->count_hit(now); hits > 0) {
    rt::tell(*shard, actors::hot_hits{found->key, hits});
  }
  aggregation::aggregate_reply reply;
  reply.cache = {.used = true, .hit = true};
  // The count of references that workers share is left alone: each counts on its own entry.
  const auto* given = found->answer.get();
  reply.complete = {std::move(found), given};
  count(metrics_, reply, now - asked.received);
  std::move(answer).respond(render_aggregate(asked, std::move(reply), handling, now));
  return true;
}

}  // namespace tributary::http::server
