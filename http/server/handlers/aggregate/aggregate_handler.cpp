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

/// An HTTP request that waits for its aggregate.
class aggregate_handler::call final : public aggregation::aggregate_call {
 public:
  call(responder answer, actors::telemetry::endpoint_metrics& metrics)
      : responder_(std::move(answer)), metrics_(metrics) {}

  void answer(aggregation::aggregate_reply&& reply) override {
    const auto now = std::chrono::steady_clock::now();
    count(reply, now);
    auto rendered = render_aggregate(responder_.get_request(), std::move(reply), handling, now);
    std::move(responder_).respond(std::move(rendered));
  }

  responder& duty() noexcept { return responder_; }

 private:
  void count(const aggregation::aggregate_reply& reply, steady_time now) {
    metrics_.overhead.observe((now - received) - reply.upstream_wait);
    if (reply.cache.used) counter_of(reply.cache).add();
    if (reply.cache.collapsed) metrics_.coalesced.add();
    for (auto left = reply.degraded; left != 0; left &= left - 1) {
      metrics_.parts[static_cast<std::size_t>(std::countr_zero(left))].degraded.add();
    }
    for (const auto& [part, error] : reply.missing) metrics_.parts[part].missing(error);
  }

  const actors::telemetry::counter& counter_of(const aggregation::cache_verdict& cache) const {
    if (!cache.hit) return metrics_.cache.miss;
    return cache.redis ? metrics_.cache.hit_redis : metrics_.cache.hit;
  }

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
    actors::cache::append_cache_key(*plan_, waiting->values, waiting->cache_key);
    auto& shard = refs.caches[actors::cache::shard_of(waiting->cache_key, refs.caches.size())];
    if (const auto* to = shard.get()) {
      rt::tell(*to, actors::look_up{std::move(waiting)});
      return;
    }
    // Without its cache shard the request is still served, only not shared.
    waiting->cache_key.clear();
  }
  rt::tell(*aggregator, actors::start_gather{std::move(waiting), 0});
}

}  // namespace tributary::http::server
