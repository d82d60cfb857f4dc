// SPDX-License-Identifier: MIT
#include "actors/store/shared_breakers.hpp"

#include "actors/guards/breaker_report.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using namespace actors;
using actors::store::redis_command;
using guards::breaker_record;
using guards::breaker_state;
using providers::redis::failure;
using providers::redis::reply;
using providers::redis::reply_kind;
using providers::redis::result;

const std::string key = "circuit_breaker:customer";

reply number(std::int64_t value) { return {reply_kind::integer, value, {}, {}}; }
reply text(std::string value) { return {reply_kind::text, 0, std::move(value), {}}; }

/// What a Redis holds, without a clock of its own.
struct breaker_memory {
  struct value {
    std::string text;
    std::int64_t ttl;
  };
  std::map<std::string, value> keys;
  std::vector<redis_command> written;  ///< SET, DEL and PUBLISH
  std::int64_t listeners = 1;
  bool away = false;

  std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        written.begin(), written.end(), [&](const auto& each) { return each[0] == name; }));
  }
};

class breaker_redis final : public runtime::observed_actor {
 public:
  breaker_redis(caf::actor_config& cfg, breaker_memory& data)
      : observed_actor(cfg, "/test/redis", "redis"), data_(data) {}

  caf::behavior make_behavior() override {
    return {[this](redis_request& m) {
      if (data_.away) return m.call->fail(failure::not_connected);
      std::vector<result> results;
      for (const auto& each : m.call->wanted().commands) {
        results.push_back({failure::none, run(each)});
      }
      m.call->answer(std::move(results));
    }};
  }

 private:
  reply run(const redis_command& words) {
    if (words[0] == "PUBSUB") {
      return {reply_kind::array, 0, {}, {text(words[2]), number(data_.listeners)}};
    }
    if (words[0] == "MGET") {
      reply all{reply_kind::array, 0, {}, {}};
      for (std::size_t i = 1; i < words.size(); ++i) {
        const auto found = data_.keys.find(words[i]);
        all.items.push_back(found == data_.keys.end() ? reply{} : text(found->second.text));
      }
      return all;
    }
    if (words[0] == "PTTL") {
      const auto found = data_.keys.find(words[1]);
      return number(found == data_.keys.end() ? -2 : found->second.ttl);
    }
    data_.written.push_back(words);
    if (words[0] == "DEL") data_.keys.erase(words[1]);
    if (words[0] == "SET") data_.keys[words[1]] = {words[2], std::stoll(words[4])};
    return number(1);
  }

  breaker_memory& data_;
};

config::upstream_settings customer() {
  config::upstream_settings result;
  result.name = "customer";
  return result;
}

/// Instances that share one Redis.
struct instances : actor_fixture {
  struct instance {
    std::shared_ptr<guards::upstream_resources> upstream;
    caf::actor actor;
  };

  instances() : actor_fixture(customer()) { server = sys.spawn<breaker_redis>(data); }
  ~instances() {
    for (const auto& each : all) end(each.actor);
    end(server);
  }

  instance& add() {
    auto upstream = make_upstream();
    store::shared_breakers_wiring wiring;
    wiring.breakers.push_back({"customer", upstream});
    wiring.redis = redis;
    wiring.redis_actors.emplace_back(place_of(server));
    wiring.instance = "i" + std::to_string(all.size());
    auto actor = sys.spawn<store::shared_breakers>("/test/shared", wiring);
    run();
    return all.emplace_back(instance{upstream, actor});
  }

  /// As the breaker actor does it. With `heard` the others get what is published.
  template <class Change>
  void change(instance& which, Change what, bool heard = true) {
    {
      const std::lock_guard lock{which.upstream->mutex};
      const auto now = std::chrono::steady_clock::now();
      what(which.upstream->breaker, now);
      REQUIRE(guards::report_breaker(*which.upstream, now));
    }
    const auto before = data.written.size();
    tell(which.actor, breaker_changed{which.upstream});
    if (heard) deliver(before);
  }
  void deliver(std::size_t from) {
    for (auto i = from; i < data.written.size(); ++i) {
      const auto words = data.written[i];
      if (words[0] != "PUBLISH") continue;
      for (const auto& each : all) {
        tell(each.actor, subscription_message{words[1], words[2]});
      }
    }
  }
  void open(instance& which, bool heard = true) {
    change(
        which,
        [](auto& breaker, auto now) {
          const auto at = now - 1s;  // before anything that the test does next
          for (int i = 0; i < 20; ++i) {
            breaker.record(breaker.admit(at).permit, guards::call_outcome::failure, 1ms, at);
          }
        },
        heard);
  }

  static breaker_state state(const instance& which) { return which.upstream->state.load(); }
  breaker_record stored() const {
    const auto found = data.keys.find(key);
    REQUIRE(found != data.keys.end());
    const auto record = guards::read_record(found->second.text);
    REQUIRE(record);
    return *record;
  }
  guards::breaker_snapshot snapshot(const instance& which) const {
    const std::lock_guard lock{which.upstream->mutex};
    return which.upstream->breaker.snapshot(std::chrono::steady_clock::now());
  }

  breaker_memory data;
  caf::actor server;
  std::deque<instance> all;
};

/// Closed by this instance itself, a moment after it opened.
void close(guards::circuit_breaker& breaker, guards::steady_time now) {
  const auto at = std::max(now, *breaker.snapshot(now).retry_at);
  for (int i = 0; i < 3; ++i) {
    breaker.record(breaker.admit(at).permit, guards::call_outcome::success, 1ms, at);
  }
}

}  // namespace

TEST_CASE("the time that Redis keeps a record depends on its state", "[shared_breakers]") {
  constexpr std::int64_t now = 1'000'000;
  struct row {
    breaker_record record;
    std::chrono::milliseconds ttl;
  };
  const std::vector<row> rows = {
      {{breaker_state::open, 1, now, now + 5000, now}, 65s},
      {{breaker_state::open, 1, now - 9000, now - 4000, now - 9000}, 60s},
      {{breaker_state::half_open, 1, now - 9000, std::nullopt, now}, 60s},
      {{breaker_state::closed, 0, std::nullopt, std::nullopt, now}, 60s},
      {{breaker_state::closed, 0, std::nullopt, std::nullopt, now - 20'000}, 40s},
      {{breaker_state::closed, 0, std::nullopt, std::nullopt, now - 90'000}, 0s},
      {{breaker_state::closed, 0, std::nullopt, std::nullopt, now + 9'000}, 60s},
  };
  for (const auto& each : rows) CHECK(store::breaker_ttl(each.record, now) == each.ttl);
}

TEST_CASE("a breaker that opens is written, published, and followed without an echo",
          "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  auto& b = f.add();
  f.open(a);
  const auto record = f.stored();
  CHECK(record.state == breaker_state::open);
  CHECK(record.failures == 20);
  CHECK(*record.retry_at - *record.opened_at == 5000);
  CHECK(f.data.keys[key].ttl > 60'000);
  CHECK(f.data.keys[key].ttl <= 65'000);
  CHECK(f.state(b) == breaker_state::open);
  const auto theirs = *f.snapshot(a).retry_at;
  const auto ours = *f.snapshot(b).retry_at;
  CHECK((ours > theirs ? ours - theirs : theirs - ours) < 1s);
  CHECK(f.data.written.size() == 2);
  for (int i = 0; i < 3; ++i) f.pass_time();
  CHECK(f.data.written.size() == 2);
  CHECK(f.snapshot(a).transitions == 1);
  CHECK(f.snapshot(b).transitions == 1);
  CHECK(f.metrics->render().find("tributary_breaker_transitions_total{upstream=\"customer\","
                                 "to=\"open\"} 2") != std::string::npos);
}

TEST_CASE("a message that was lost is made good by the next reading", "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  auto& b = f.add();
  f.open(a, false);
  CHECK(f.state(b) == breaker_state::closed);
  f.pass_time();
  CHECK(f.state(b) == breaker_state::open);
}

TEST_CASE("a new instance, or subscription, learns at once what is known", "[shared_breakers]") {
  instances f;
  f.open(f.add(), false);
  CHECK(f.state(f.add()) == breaker_state::open);
  f.data.away = true;
  auto& late = f.add();
  CHECK(f.state(late) == breaker_state::closed);
  f.data.away = false;
  f.tell(late.actor, subscription_state{true});
  CHECK(f.state(late) == breaker_state::open);
}

TEST_CASE("one instance closes the breakers of all", "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  auto& b = f.add();
  auto& c = f.add();
  f.open(a);
  f.change(a, [](auto& breaker, auto now) { close(breaker, now); });
  CHECK(f.state(a) == breaker_state::closed);
  CHECK(f.state(b) == breaker_state::closed);
  CHECK(f.state(c) == breaker_state::closed);
  CHECK(f.stored().state == breaker_state::closed);
  CHECK(f.data.keys[key].ttl <= 60'000);
  CHECK(f.data.keys[key].ttl > 50'000);
}

TEST_CASE("what a Redis that was away or emptied does not know is written again",
          "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  f.data.away = true;
  f.open(a);
  CHECK(f.data.keys.empty());
  f.pass_time();
  f.data.away = false;
  f.pass_time();
  CHECK(f.stored().state == breaker_state::open);
  f.data.keys.clear();
  f.pass_time();
  CHECK(f.stored().state == breaker_state::open);
  CHECK(f.data.count("SET") == 2);
}

TEST_CASE("a closing that Redis missed takes the place of the opening there", "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  auto& b = f.add();
  f.open(a);
  f.data.away = true;
  f.change(
      a, [](auto& breaker, auto now) { close(breaker, now); }, false);
  f.data.away = false;
  CHECK(f.state(b) == breaker_state::open);
  f.pass_time();
  f.pass_time();
  CHECK(f.stored().state == breaker_state::closed);
  CHECK(f.state(b) == breaker_state::closed);
}

TEST_CASE("a missing record changes nothing", "[shared_breakers]") {
  instances f;
  f.add();
  f.pass_time();
  CHECK(f.data.written.empty());
}

TEST_CASE("texts that are no record, from Redis or its channel, are ignored", "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  f.tell(a.actor, subscription_message{"tributary:breaker", "{]"});
  f.tell(a.actor, subscription_message{"tributary:breaker", R"({"state":"open"})"});
  f.data.keys[key] = {"nonsense", -1};
  f.pass_time();
  CHECK(f.state(a) == breaker_state::closed);
  f.open(a);
  CHECK(f.stored().state == breaker_state::open);
}

TEST_CASE("a clock that is far ahead is not believed, nor an open time without end",
          "[shared_breakers]") {
  instances f;
  auto& a = f.add();
  const auto set = [&](std::string_view opened_at) {
    f.data.keys[key] = {
        std::string{R"({"state":"open","failures":1,"opened_at":")"}.append(opened_at).append(
            R"(","retry_at":"2999-01-01T00:00:00Z"})"),
        -1};
    f.pass_time();
  };
  set("2998-01-01T00:00:00Z");
  CHECK(f.state(a) == breaker_state::closed);
  set("2020-01-01T00:00:00Z");
  REQUIRE(f.state(a) == breaker_state::open);
  CHECK(*f.snapshot(a).retry_at <= std::chrono::steady_clock::now() + 60s);
  f.data.keys.clear();
  f.pass_time();
  CHECK(f.data.keys[key].ttl <= 120'000);
}

TEST_CASE("the instances that listen are counted, and never fewer than one", "[shared_breakers]") {
  instances f;
  f.add();
  f.data.listeners = 3;
  f.pass_time();
  CHECK(f.redis->instances == 3);
  f.data.away = true;
  f.pass_time();
  CHECK(f.redis->instances == 3);
  f.data.away = false;
  f.data.listeners = 0;
  f.pass_time();
  CHECK(f.redis->instances == 1);
}

}  // namespace tributary::tests
