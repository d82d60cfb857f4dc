// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/plan.hpp"
#include "actors/cache/part_cache_shard.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/runtime.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/sections/aggregate_section.hpp"
#include "support/inbox.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// A shard of the part cache between callers and an upstream that the test plays by hand.
namespace tributary::tests {

using namespace actors;
using namespace std::chrono_literals;
using call_ptr = std::shared_ptr<guards::upstream_call>;
using guards::call_result;

struct told {
  std::size_t caller = 0;
  call_result result;
};

class fake_guard final : public runtime::observed_actor {
 public:
  fake_guard(caf::actor_config& cfg, inbox<call_ptr>& calls)
      : observed_actor(cfg, "/test/guard", "guard"), calls_(calls) {}
  caf::behavior make_behavior() override {
    return {[this](make_call& m) { calls_.push(std::move(m.call)); }};
  }

 private:
  inbox<call_ptr>& calls_;
};

class fake_caller final : public runtime::observed_actor {
 public:
  fake_caller(caf::actor_config& cfg, inbox<told>& answers)
      : observed_actor(cfg, "/test/caller", "caller"), answers_(answers) {}
  caf::behavior make_behavior() override {
    return {[this](call_answered& m) { answers_.push({m.index, std::move(m.result)}); }};
  }

 private:
  inbox<told>& answers_;
};

inline config::settings one_cached_part(const config::part_cache_settings& cache) {
  config::settings result;
  auto& upstream = result.upstreams.emplace_back();
  upstream.name = "users";
  config::aggregate_settings aggregates;
  auto& endpoint = aggregates.endpoints.emplace_back();
  endpoint.name = "user";
  endpoint.path = "/user";
  auto& part = endpoint.parts.emplace_back();
  part.name = "user";
  part.upstream = "users";
  part.path = "/u";
  part.cache = cache;
  config::fallback_settings stale;
  stale.kind = config::fallback_kind::stale;
  stale.max_stale = 100s;
  part.fallback.push_back(stale);
  result.sections.put(std::move(aggregates));
  return result;
}

inline config::part_cache_settings kept_for(std::chrono::milliseconds ttl) {
  config::part_cache_settings result;
  result.ttl = ttl;
  return result;
}

class part_cache_fixture {
 public:
  explicit part_cache_fixture(const config::part_cache_settings& cache,
                              std::size_t max_waiters = 1000)
      : settings_(one_cached_part(cache)), threads_({1, 64}) {
    plan_ = aggregation::compile(config::aggregates_of(settings_).endpoints[0], settings_.upstreams)
                .plan;
    guard_ = threads_.system().spawn<fake_guard>(calls);
    caller_ = threads_.system().spawn<fake_caller>(answers);
    guard_slot->set_child(guard_, 1);
    guard_slot->publish(supervision::child_state::running);
    cache::part_shard_settings shard;
    shard.max_waiters = max_waiters;
    shard.guards = {{supervision::supervised_ref{guard_slot}}};
    metrics_.upstream(settings_.upstreams[0], false).has_part_cache();
    shard.upstreams = {std::make_shared<guards::upstream_resources>(
        settings_.upstreams[0], metrics_.upstream(settings_.upstreams[0], false),
        [] { return 0.5; })};
    shard.counters = counters;
    shard_ = threads_.system().spawn<cache::part_cache_shard>("/part-cache/shard-0", shard);
  }
  ~part_cache_fixture() {
    stop_shard();
    guard_slot->retire(guard_);
    for (const auto& each : {guard_, caller_}) {
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    }
  }

  /// A caller's call, not sent yet. `life` counts from the beginning of the test.
  call_ptr make(std::size_t caller, std::chrono::milliseconds at, cache::call_headers headers = {},
                std::chrono::milliseconds life = 60s, bool at_most_once = false) {
    guards::call_request asked;
    asked.at_most_once = at_most_once;
    asked.target = "/u";
    asked.headers = std::move(headers);
    asked.deadline = begin + life;
    return std::make_shared<guards::upstream_call>(caller_, nullptr, caller, std::move(asked),
                                                   begin + at);
  }

  /// Sends it; the test's own reference stays.
  void look_up(const call_ptr& call, std::chrono::milliseconds at) {
    runtime::tell(shard_, look_up_part{call, plan_, 0, "users /u", begin + at});
  }
  void look_up(std::size_t caller, std::chrono::milliseconds at, cache::call_headers headers = {},
               std::chrono::milliseconds life = 60s) {
    runtime::tell(shard_, look_up_part{make(caller, at, std::move(headers), life), plan_, 0,
                                       "users /u", begin + at});
  }
  void look_for_stale(std::chrono::milliseconds at,
                      std::optional<std::chrono::milliseconds> max_stale) {
    runtime::tell(shard_, find_stale{make(0, at), 0, "users /u", max_stale, begin + at});
  }

  /// Ends a call that reached the guard.
  void answer(const call_ptr& call, std::chrono::milliseconds at, std::string_view body,
              std::string header_block = {}, int status = 200) const {
    call_result result;
    result.status = status;
    result.header_block = std::move(header_block);
    result.body = http::wire::shared_bytes{body};
    result.ended = begin + at;
    call->finish(std::move(result));
  }

  /// A first answer, by a call of its own.
  void fill(std::string_view body, std::string header_block = {}) {
    look_up(0, 0ms);
    answer(calls.take(), 0ms, body, std::move(header_block));
    answers.take();
  }

  /// Waits until the shard has handled what was sent to it before.
  void catch_up() { purge_key("no such key"); }
  void purge_key(std::string text) {
    inbox<int> done;
    purge message;
    message.target = {cache::purge_scope::key, std::move(text)};
    message.done = {nullptr, [&](void*) { done.push(1); }};
    runtime::tell(shard_, std::move(message));
    done.take();
  }

  void stop_shard() {
    if (!shard_) return;
    caf::anon_send_exit(shard_, caf::exit_reason::kill);
    shard_ = nullptr;
  }

  /// Current value of a line of the metrics.
  bool counted(std::string_view result, int times) const {
    std::string line{R"(tributary_part_cache_total{upstream="users",result=")"};
    line.append(result).append("\"} ").append(std::to_string(times)).append("\n");
    return metrics_.render().find(line) != std::string::npos;
  }

  const cache::steady_time begin = std::chrono::steady_clock::now();
  inbox<call_ptr> calls;  ///< that reached the guard
  inbox<told> answers;    ///< that callers got
  supervision::slot_ptr guard_slot = std::make_shared<supervision::slot>();
  std::shared_ptr<cache::shard_counters> counters = std::make_shared<cache::shard_counters>();

 private:
  config::settings settings_;
  telemetry::server_metrics metrics_;
  runtime::runtime threads_;
  std::shared_ptr<const aggregation::endpoint_plan> plan_;
  caf::actor guard_;
  caf::actor caller_;
  caf::actor shard_;
};

}  // namespace tributary::tests
