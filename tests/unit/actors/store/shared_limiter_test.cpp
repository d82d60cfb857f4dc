// SPDX-License-Identifier: MIT
#include "actors/store/shared_limiter.hpp"

#include "actors/store/gcra_script.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using namespace actors;
using guards::steady_time;
using http::wire::error_token;
using providers::redis::failure;
using providers::redis::reply;
using providers::redis::reply_kind;
using providers::redis::result;

const auto limiter_begin = steady_time{} + 1h;

config::upstream_settings limited(config::rate_limit_settings limit) {
  config::upstream_settings result;
  result.name = "tx";
  result.rate_limit = limit;
  return result;
}

config::rate_limit_settings per_second(double rate) {
  config::rate_limit_settings result;
  result.rate = rate;
  return result;
}

reply integers(std::vector<std::int64_t> values) {
  reply result{reply_kind::array, 0, {}, {}};
  for (const auto each : values) result.items.push_back({reply_kind::integer, each, {}, {}});
  return result;
}
const auto allowed = integers({1, 0, 3, 1000});
const auto refused = integers({0, 2500, 0, 9000});
const reply no_script{reply_kind::error, 0, "NOSCRIPT No matching script.", {}};

/// A shared limiter between a caller and a next guard, and a Redis that answers when told.
struct limiter_fixture : actor_fixture {
  explicit limiter_fixture(config::rate_limit_settings limit = per_second(4),
                           std::size_t max_waiting = 100)
      : actor_fixture(limited(limit)), resources(make_upstream()) {
    caller = sys.spawn<collector<call_answered>>(ended);
    next = sys.spawn<collector<make_call>>(passed);
    server = sys.spawn<collector<redis_request>>(asked);
    store::shared_limiter_wiring wiring;
    wiring.resources = resources;
    wiring.next = supervision::supervised_ref{place_of(next)};
    wiring.redis = supervision::supervised_ref{place_of(server)};
    wiring.store = redis;
    wiring.max_waiting = max_waiting;
    limiter = sys.spawn<store::shared_limiter_actor>("/test/limiter", wiring);
    run();
  }
  ~limiter_fixture() {
    asked.clear();
    run();
    passed.clear();
    run();
    for (const auto& each : {limiter, server, next, caller}) end(each);
  }

  std::shared_ptr<guards::upstream_call> call(steady_time at = limiter_begin,
                                              std::chrono::milliseconds left = 1s) {
    guards::call_request wanted;
    wanted.deadline = at + left;
    auto result =
        std::make_shared<guards::upstream_call>(caller, nullptr, calls++, std::move(wanted), at);
    tell(limiter, make_call{result, at});
    return result;
  }
  void calls_that_fail(int count) {
    for (int i = 0; i < count; ++i) {
      call();
      fail(asked.size() - 1);
    }
  }
  void answer(std::size_t which, reply with) {
    std::vector<result> results;
    results.push_back({failure::none, std::move(with)});
    asked.at(which).call->answer(std::move(results));
    asked.at(which).call.reset();
    run();
  }
  void fail(std::size_t which) {
    asked.at(which).call->fail(failure::timed_out);
    asked.at(which).call.reset();
    run();
  }
  std::uint64_t counted(std::string_view decision, std::string_view store) const {
    const auto line = std::string{"tributary_ratelimit_total{policy=\"tx\",decision=\""}
                          .append(decision)
                          .append("\",store=\"")
                          .append(store)
                          .append("\"} ");
    const auto page = metrics->render();
    const auto at = page.find(line);
    REQUIRE(at != std::string::npos);
    return std::stoull(page.substr(at + line.size()));
  }

  std::shared_ptr<guards::upstream_resources> resources;
  std::vector<call_answered> ended;
  std::vector<make_call> passed;
  std::vector<redis_request> asked;
  caf::actor caller, next, server, limiter;
  std::size_t calls = 0;
};

}  // namespace

TEST_CASE("a call waits for Redis and goes on when that allows it", "[shared_limiter]") {
  limiter_fixture f;
  f.call();
  REQUIRE(f.asked.size() == 1);
  const auto& wanted = f.asked[0].call->wanted();
  REQUIRE(wanted.commands.size() == 1);
  CHECK(wanted.commands[0] == store::redis_command{"EVALSHA", store::gcra_script::digest(), "1",
                                                   "rate_limit:{tx}", "250000000", "1000000000"});
  CHECK(wanted.deadline == limiter_begin + 20ms);
  CHECK(f.passed.empty());
  f.answer(0, allowed);
  CHECK(f.passed.size() == 1);
  CHECK(f.ended.empty());
  CHECK(f.counted("allowed", "redis") == 1);
  CHECK(f.counted("allowed", "local") == 0);
}

TEST_CASE("a call that Redis refuses ends with the time to come again", "[shared_limiter]") {
  limiter_fixture f;
  f.call();
  f.answer(0, refused);
  REQUIRE(f.ended.size() == 1);
  CHECK(f.ended[0].result.error == error_token::connection_limit_reached);
  CHECK(f.ended[0].result.detail == "rate_limited");
  CHECK(f.ended[0].result.retry_after == 3ms);
  CHECK(f.counted("limited", "redis") == 1);
}

TEST_CASE("a call with little time left does not wait longer for Redis", "[shared_limiter]") {
  limiter_fixture f;
  f.call(limiter_begin, 7ms);
  CHECK(f.asked.at(0).call->wanted().deadline == limiter_begin + 7ms);
}

TEST_CASE("a script that Redis does not know is sent once, within the same time",
          "[shared_limiter]") {
  limiter_fixture f;
  f.call();
  f.answer(0, no_script);
  REQUIRE(f.asked.size() == 2);
  const auto& wanted = f.asked[1].call->wanted();
  CHECK(wanted.commands[0][0] == "EVAL");
  CHECK(wanted.commands[0][1] == store::gcra_script::text());
  CHECK(wanted.deadline == limiter_begin + 20ms);
  f.answer(1, no_script);
  CHECK(f.asked.size() == 2);
  CHECK(f.passed.size() == 1);
  CHECK(f.counted("allowed", "local") == 1);
}

TEST_CASE("without an answer of the script this instance decides", "[shared_limiter]") {
  const std::vector<reply> answers = {
      {},
      {reply_kind::error, 0, "OOM command not allowed", {}},
      {reply_kind::text, 0, "1", {}},
      integers({1, 0, 0}),
      integers({1, -1, 0, 0}),
  };
  for (const auto& each : answers) {
    limiter_fixture f;
    f.call();
    f.answer(0, each);
    CHECK(f.passed.size() == 1);
    CHECK(f.counted("allowed", "local") == 1);
  }
}

TEST_CASE("the local limit is the share of this instance", "[shared_limiter]") {
  struct row {
    unsigned instances;
    std::optional<double> configured;
    std::size_t at_once;
  };
  for (const auto& each : std::vector<row>{{1, {}, 8}, {2, {}, 4}, {4, {}, 2}, {4, 0.5, 4}}) {
    auto limit = per_second(8);
    limit.local_share = each.configured;
    limiter_fixture f{limit};
    f.redis->instances = each.instances;
    f.calls_that_fail(10);
    CHECK(f.passed.size() == each.at_once);
    CHECK(f.ended.size() == 10 - each.at_once);
  }
}

TEST_CASE("on failure of the store every call may go, or none, where that is configured",
          "[shared_limiter]") {
  auto limit = per_second(1);
  limit.on_store_failure = config::store_failure::open;
  limiter_fixture open{limit};
  open.calls_that_fail(5);
  CHECK(open.passed.size() == 5);
  limit.on_store_failure = config::store_failure::closed;
  limiter_fixture closed{limit};
  closed.calls_that_fail(5);
  REQUIRE(closed.ended.size() == 5);
  CHECK(closed.ended[0].result.error == error_token::connection_limit_reached);
  CHECK(closed.ended[0].result.detail == "rate_limited");
  CHECK(closed.ended[0].result.retry_after == 1s);
  CHECK(closed.counted("limited", "local") == 5);
}

TEST_CASE("calls over the number that may wait are decided here", "[shared_limiter]") {
  limiter_fixture f{per_second(100), 2};
  for (int i = 0; i < 3; ++i) f.call();
  CHECK(f.asked.size() == 2);
  CHECK(f.passed.size() == 1);
  f.answer(0, allowed);
  f.call();
  CHECK(f.asked.size() == 3);
}

TEST_CASE("calls go on in the order in which they came", "[shared_limiter]") {
  limiter_fixture f;
  std::vector<std::shared_ptr<guards::upstream_call>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(f.call());
  for (std::size_t i = 0; i < calls.size(); ++i) f.answer(i, allowed);
  REQUIRE(f.passed.size() == calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) CHECK(f.passed[i].call == calls[i]);
}

TEST_CASE("a call that was cancelled while it waited goes no further", "[shared_limiter]") {
  limiter_fixture f;
  f.call()->cancel();
  f.answer(0, allowed);
  f.call()->cancel();
  f.answer(1, no_script);
  CHECK(f.asked.size() == 2);
  CHECK(f.passed.empty());
}

TEST_CASE("a crash of the limiter ends the calls that it holds, each once", "[shared_limiter]") {
  limiter_fixture f;
  f.call();
  f.call();
  f.end(f.limiter);
  f.answer(0, allowed);
  f.fail(1);
  CHECK(f.passed.empty());
  REQUIRE(f.ended.size() == 2);
  CHECK(f.ended[0].result.error == error_token::proxy_internal_error);
  CHECK(f.ended[0].result.detail == "dropped");
}

TEST_CASE("a batch that is lost on the way is decided here", "[shared_limiter]") {
  limiter_fixture f;
  f.call();
  f.asked.clear();
  f.run();
  CHECK(f.passed.size() == 1);
}

}  // namespace tributary::tests
