// SPDX-License-Identifier: MIT
#include "actors/cache/cache_shard.hpp"

#include "../aggregation/fixtures.hpp"
#include "../store/redis_results.hpp"
#include "actors/cache/cache_key.hpp"
#include "actors/runtime/runtime.hpp"
#include "support/inbox.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <functional>
#include <future>

namespace tributary::actors::cache {

namespace {

using tests::number_result;
using tests::text_result;
using namespace std::chrono_literals;
using store::redis::failure;
using store::redis::reply_kind;
using store::redis::result;
using tests::inbox;
namespace rt = runtime;

using redis_calls = inbox<std::shared_ptr<store::redis_call>>;

class fake_redis final : public rt::observed_actor {
 public:
  fake_redis(caf::actor_config& cfg, redis_calls& calls)
      : observed_actor(cfg, "/test/redis", "redis"), calls_(calls) {}
  caf::behavior make_behavior() override {
    return {[this](redis_request& m) { calls_.push(std::move(m.call)); }};
  }

 private:
  redis_calls& calls_;
};

struct gather_asked {
  std::shared_ptr<aggregation::aggregate_call> call;
  std::uint64_t ticket;
  bool first;
};

class fake_aggregator final : public rt::observed_actor {
 public:
  fake_aggregator(caf::actor_config& cfg, inbox<gather_asked>& asked)
      : observed_actor(cfg, "/test/aggregator", "aggregator"), asked_(asked) {}
  caf::behavior make_behavior() override {
    return {
        [this](start_gather& m) {
          asked_.push({std::move(m.call), m.ticket, true});
        },
        [this](join_gather& m) {
          asked_.push({std::move(m.call), m.ticket, false});
        },
    };
  }

 private:
  inbox<gather_asked>& asked_;
};

using replies = inbox<std::optional<aggregation::aggregate_reply>>;

struct test_call final : aggregation::aggregate_call {
  explicit test_call(replies& to) : to_(to) {}
  ~test_call() override {
    if (!answered_) to_.push(std::nullopt);
  }
  void answer(aggregation::aggregate_reply&& reply) override {
    answered_ = true;
    to_.push(std::move(reply));
  }

 private:
  replies& to_;
  bool answered_ = false;
};

supervision::slot_ptr place_of(const caf::actor& actor) {
  auto place = std::make_shared<supervision::slot>();
  place->set_child(actor, 1);
  place->publish(supervision::child_state::running);
  return place;
}

const std::string key = "customer:c1";
const std::string body = R"({"customer_info":{"name":"Ada"},"master_data":1,"transaction_data":2})";

/// A shard on one worker, with stand-ins for Redis and the aggregator.
struct bench {
  explicit bench(bool with_redis = true, std::size_t max_waiters = 3) {
    endpoint.cache->jitter = 0;
    endpoint.cache->tags = {"c-{customer_id}"};
    shard_settings settings;
    settings.limits.max_object = 1'000;
    settings.max_waiters = max_waiters;
    settings.counters = counters;
    settings.redis_timeout = 1h;
    settings.workers.push_back(worker);
    if (with_redis) settings.redis.emplace_back(place_of(redis));
    shard = threads.system().spawn<cache_shard>("/test/shard", settings);
  }

  ~bench() {
    for (const auto& each : {shard, redis, aggregator}) {
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    }
    shard = redis = aggregator = nullptr;
    threads.system().await_all_actors_done();
    asked_redis.clear();
    asked_gather.clear();
    gathers.clear();
  }

  std::weak_ptr<aggregation::aggregate_call> look_up() {
    auto call = std::make_shared<test_call>(answers);
    call->plan = tests::plan_of(endpoint);
    const std::vector<aggregation::name_value> query{{"customer_id", "c1"}};
    call->values = aggregation::bind_parameters(*call->plan, query, {}, {}).values;
    append_cache_key(*call->plan, call->values, call->cache_key);
    call->deadline = std::chrono::steady_clock::now() + 1h;
    call->aggregator = aggregator;
    std::weak_ptr<aggregation::aggregate_call> weak = call;
    rt::tell(shard, actors::look_up{std::move(call)});
    return weak;
  }

  void gathered(std::uint64_t ticket, std::size_t size = 0, std::chrono::milliseconds life = 60s) {
    cached_answer answer;
    answer.body.emplace_back(http::wire::shared_bytes{body + std::string(size, ' ')});
    answer.tags = {"c-c1"};
    answer.stored_at = std::chrono::steady_clock::now();
    answer.expires_at = answer.stored_at + life;
    rt::tell(shard, gather_ended{key, ticket, share(std::move(answer)), false});
  }

  void purge(purge_scope scope, std::string what) {
    auto forgotten = std::make_shared<std::promise<void>>();
    auto done = forgotten->get_future();
    rt::tell(shard, actors::purge{{scope, std::move(what)},
                                  std::shared_ptr<void>(
                                      nullptr, [forgotten](void*) { forgotten->set_value(); })});
    REQUIRE(done.wait_for(10s) == std::future_status::ready);
  }

  /// An answer that is kept, and that the worker gives by itself.
  cached_answer_ptr lent() {
    look_up();
    gathered(next_gather().ticket);
    look_up();
    const auto first = answers.take();
    look_up();
    const auto second = answers.take();
    CHECK_FALSE(first->cache.lent);
    CHECK(second->cache.lent);
    worker->keep(key, second->complete, {0, 1});
    REQUIRE(given_by_worker());
    return second->complete;
  }

  /// Whether the worker would give an answer by itself, and whether it keeps one.
  bool given_by_worker() {
    return on_worker([](hot_answers& hot) {
      return hot.find(key, std::chrono::steady_clock::now()) != nullptr;
    });
  }
  bool kept_by_worker() {
    return on_worker([](hot_answers& hot) { return hot.size() != 0; });
  }
  bool on_worker(const std::function<bool(hot_answers&)>& look) {
    bool result = false;
    threads.on_each_loop([&](std::size_t) { result = look(worker->answers()); });
    return result;
  }

  /// The next request to gather, whose call stays unanswered.
  gather_asked next_gather() {
    gathers.push_back(asked_gather.take());
    return gathers.back();
  }

  /// All that was sent to the shard before has been dealt with.
  void catch_up() { purge(purge_scope::tag, "of nothing"); }

  /// Redis has nothing.
  static void miss(const std::shared_ptr<store::redis_call>& call) {
    call->answer({result{}, number_result(-2)});
  }

  config::endpoint_settings endpoint = tests::aggregated_data();
  std::shared_ptr<shard_counters> counters = std::make_shared<shard_counters>();
  replies answers;
  redis_calls asked_redis;
  inbox<gather_asked> asked_gather;
  std::vector<gather_asked> gathers;
  rt::runtime threads{config::runtime_settings{1, 64}};
  std::shared_ptr<worker_answers> worker =
      std::make_shared<worker_answers>(*threads.loops()[0], 64 * 1024, 0);
  caf::actor redis = threads.system().spawn<fake_redis>(asked_redis);
  caf::actor aggregator = threads.system().spawn<fake_aggregator>(asked_gather);
  caf::actor shard;
};

/// A look-up that gets what Redis has not got, up to the gather.
std::uint64_t missed(bench& on) {
  on.look_up();
  bench::miss(on.asked_redis.take());
  return on.next_gather().ticket;
}

}  // namespace

TEST_CASE("what Redis has is answered from there once, then from memory", "[cache][redis]") {
  bench on;
  on.look_up();
  const auto call = on.asked_redis.take();
  CHECK(call->wanted().commands == std::vector<store::redis_command>{{"GET", key}, {"PTTL", key}});
  call->answer({text_result(body), number_result(45'000)});
  const auto first = on.answers.take();
  REQUIRE((first && first->complete));
  CHECK(first->cache.used);
  CHECK(first->cache.hit);
  CHECK(first->cache.redis);
  CHECK(first->complete->body.front().view() == body);
  on.look_up();
  const auto second = on.answers.take();
  REQUIRE((second && second->complete));
  CHECK(second->cache.hit);
  CHECK_FALSE(second->cache.redis);
  CHECK(second->complete == first->complete);
  CHECK(on.asked_redis.empty());
  CHECK(on.asked_gather.empty());
}

TEST_CASE("what Redis does not know, or cannot say, is gathered and sent there", "[cache][redis]") {
  result late;
  late.why = failure::timed_out;
  const std::vector<std::vector<result>> cases{
      {result{}, number_result(-2)},
      {text_result("WRONGTYPE Operation", reply_kind::error), number_result(45'000)},
      {text_result(body), number_result(-1)},
      {text_result("garbage"), number_result(45'000)},
      {late, late},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    bench on;
    on.look_up();
    on.asked_redis.take()->answer(cases[i]);
    const auto asked = on.next_gather();
    CHECK(asked.first);
    on.gathered(asked.ticket);
    const auto kept = on.asked_redis.take()->wanted().commands;
    REQUIRE(kept.size() == 2);
    CHECK(kept[0][0] == "SET");
    CHECK(kept[0][1] == key);
    CHECK(kept[0][2] == body);
    CHECK(kept[1][3] == "cache_tag:c-c1");
    on.look_up();
    const auto answer = on.answers.take();
    REQUIRE((answer && answer->complete));
    CHECK_FALSE(answer->cache.redis);
  }
}

TEST_CASE("a question that gets lost is a miss", "[cache][redis]") {
  bench on;
  on.look_up();
  on.asked_redis.take().reset();
  CHECK(on.next_gather().first);
}

TEST_CASE("callers that come while Redis is asked share one question, and one gather",
          "[cache][redis]") {
  for (const auto hit : {true, false}) {
    bench on;
    for (int i = 0; i < 3; ++i) on.look_up();
    on.look_up();  // one too many
    const auto refused = on.answers.take();
    REQUIRE(refused);
    CHECK(refused->judged.status == 503);
    CHECK(on.counters->asking == 3);
    const auto call = on.asked_redis.take();
    CHECK(on.asked_redis.empty());
    if (hit) {
      call->answer({text_result(body), number_result(45'000)});
      for (int i = 0; i < 3; ++i) {
        const auto answer = on.answers.take();
        REQUIRE((answer && answer->complete));
        CHECK(answer->cache.redis);
      }
      CHECK(on.asked_gather.empty());
    } else {
      bench::miss(call);
      const auto first = on.next_gather();
      CHECK(first.first);
      for (int i = 0; i < 2; ++i) {
        const auto other = on.next_gather();
        CHECK_FALSE(other.first);
        CHECK(other.ticket == first.ticket);
      }
    }
    on.catch_up();
    CHECK(on.counters->asking == 0);
  }
}

TEST_CASE("who has left while Redis was asked is not gathered for", "[cache][redis]") {
  bench on;
  on.look_up().lock()->gone = true;
  on.look_up();
  bench::miss(on.asked_redis.take());
  CHECK(on.answers.take() == std::nullopt);  // dropped
  CHECK(on.next_gather().first);
}

TEST_CASE("Redis is not asked where it must not or cannot be", "[cache][redis]") {
  SECTION("the endpoint does not want it") {
    bench on;
    on.endpoint.cache->redis = false;
    on.look_up();
    const auto asked = on.next_gather();
    on.gathered(asked.ticket);
    on.look_up();
    CHECK(on.answers.take()->cache.hit);
    CHECK(on.asked_redis.empty());
  }
  SECTION("there is none") {
    bench on{false};
    on.look_up();
    const auto asked = on.next_gather();
    on.gathered(asked.ticket);
    on.look_up();
    CHECK(on.answers.take()->cache.hit);
  }
  SECTION("somebody gathers the answer already") {
    bench on;
    const auto ticket = missed(on);
    on.look_up();
    CHECK(on.next_gather().ticket == ticket);
    CHECK(on.asked_redis.empty());
  }
}

TEST_CASE("neither what is too large nor what is too old goes to Redis", "[cache][redis]") {
  bench on;
  on.gathered(missed(on), 1'000);
  on.gathered(missed(on), 0, 0s);
  missed(on);  // neither was kept in memory, so Redis was asked, and nothing else came before
}

TEST_CASE("an answer whose key is purged while it is gathered is not kept", "[cache][purge]") {
  const std::vector<std::pair<purge_scope, std::string>> purges{
      {purge_scope::key, key},
      {purge_scope::prefix, "customer:"},
      {purge_scope::prefix, ""},
      {purge_scope::tag, "c-c1"},
  };
  for (const auto& [scope, what] : purges) {
    CAPTURE(to_string(scope), what);
    bench on;
    const auto old_ticket = missed(on);
    on.purge(scope, what);
    const auto ticket = missed(on);  // who comes now does not share it either
    CHECK(ticket != old_ticket);
    on.gathered(old_ticket);
    on.look_up();
    CHECK(on.next_gather().ticket == ticket);
    on.gathered(ticket);
    CHECK(on.asked_redis.take()->wanted().commands[0][0] == "SET");
    on.look_up();
    CHECK(on.answers.take()->cache.hit);
  }
}

TEST_CASE("what Redis says of a key that was purged meanwhile is not listened to",
          "[cache][purge]") {
  bench on;
  on.look_up();
  const auto call = on.asked_redis.take();
  on.purge(purge_scope::tag, "c-c1");
  const auto asked = on.next_gather();
  CHECK(asked.first);
  call->answer({text_result(body), number_result(45'000)});
  on.look_up();
  CHECK(on.next_gather().ticket == asked.ticket);
  CHECK(on.answers.empty());
}

TEST_CASE("a purge takes what it names out of memory", "[cache][purge]") {
  const std::vector<std::tuple<purge_scope, std::string, bool>> purges{
      {purge_scope::key, key, true},       {purge_scope::key, "customer:c", false},
      {purge_scope::prefix, "cust", true}, {purge_scope::prefix, "c-c1", false},
      {purge_scope::tag, "c-c1", true},    {purge_scope::tag, key, false},
  };
  for (const auto& [scope, what, taken] : purges) {
    CAPTURE(to_string(scope), what);
    bench on;
    on.look_up();
    on.asked_redis.take()->answer({text_result(body), number_result(45'000)});
    on.answers.take();
    on.purge(scope, what);
    on.look_up();
    if (taken) {
      on.asked_redis.take();
    } else {
      CHECK(on.answers.take()->cache.hit);
    }
  }
}

TEST_CASE("callers that wait for Redis hear at once when the shard ends", "[cache][redis]") {
  bench on;
  on.look_up();
  on.look_up();
  const auto call = on.asked_redis.take();
  caf::anon_send_exit(on.shard, caf::exit_reason::kill);
  CHECK(on.answers.take() == std::nullopt);
  CHECK(on.answers.take() == std::nullopt);
}

TEST_CASE("callers of what must not be kept do not wait for each other", "[cache_shard]") {
  bench on{false};
  on.look_up();
  const auto first = on.next_gather();
  CHECK(first.ticket != 0);
  rt::tell(on.shard, gather_ended{key, first.ticket, nullptr, true});
  on.look_up();
  on.look_up();
  // Each gathers for itself: a ticket of 0 asks for no report.
  CHECK(on.next_gather().ticket == 0);
  CHECK(on.next_gather().ticket == 0);
}

TEST_CASE("a purge that is done leaves no worker an answer to give", "[cache][purge][hot]") {
  const std::vector<std::pair<purge_scope, std::string>> purges{
      {purge_scope::key, key},
      {purge_scope::prefix, ""},
      {purge_scope::tag, "c-c1"},
  };
  for (const auto& [scope, what] : purges) {
    CAPTURE(to_string(scope), what);
    bench on{false};
    const auto old = on.lent();
    // The mark is set by then; nothing has to reach the worker for that.
    auto forgotten = std::make_shared<std::promise<bool>>();
    auto done = forgotten->get_future();
    rt::tell(on.shard,
             actors::purge{{scope, what}, std::shared_ptr<void>(nullptr, [forgotten, old](void*) {
                             forgotten->set_value(old->forgotten.is_set());
                           })});
    CHECK(done.get());
    CHECK_FALSE(on.given_by_worker());
    CHECK_FALSE(on.kept_by_worker());
  }
}

TEST_CASE("a purge of something else leaves a worker what it has", "[cache][purge][hot]") {
  bench on{false};
  on.lent();
  on.purge(purge_scope::key, "customer:c2");
  CHECK(on.given_by_worker());
}

TEST_CASE("after a purge a worker is lent the newer answer", "[cache][purge][hot]") {
  bench on{false};
  const auto old = on.lent();
  on.purge(purge_scope::key, key);
  const auto newer = on.lent();
  CHECK(newer != old);
  CHECK(on.given_by_worker());
}

TEST_CASE("a shard that ends takes its answers away from the workers", "[cache][hot]") {
  bench on{false};
  const auto old = on.lent();
  std::promise<bool> dropped;
  auto done = dropped.get_future();
  caf::anon_send_exit(on.shard, caf::exit_reason::kill);
  // As a purge that it does not get to: what it carries goes with the mailbox.
  rt::tell(on.shard, actors::purge{{purge_scope::prefix, ""},
                                   std::shared_ptr<void>(nullptr, [&dropped, old](void*) {
                                     dropped.set_value(old->forgotten.is_set());
                                   })});
  CHECK(done.get());
  CHECK_FALSE(on.given_by_worker());
}

TEST_CASE("what workers give counts as hits of the shard", "[cache][hot]") {
  bench on{false};
  on.lent();
  on.catch_up();
  const auto before = on.counters->hits.load();
  rt::tell(on.shard, hot_hits{key, 256});
  rt::tell(on.shard, hot_hits{"gone meanwhile", 1});
  on.catch_up();
  CHECK(on.counters->hits == before + 257);
}

TEST_CASE("a failed gather does not keep later callers from sharing the next", "[cache_shard]") {
  bench on{false};
  on.look_up();
  rt::tell(on.shard, gather_ended{key, on.next_gather().ticket, nullptr, false});
  on.look_up();
  on.look_up();
  const auto second = on.next_gather();
  CHECK(second.ticket != 0);
  CHECK(on.next_gather().ticket == second.ticket);
}

}  // namespace tributary::actors::cache
