// SPDX-License-Identifier: MIT
#include "actors/guards/upstream_registry.hpp"

#include "actors/supervision/slot.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace tributary::actors::guards {

namespace {

config::upstream_settings called(std::string name) {
  config::upstream_settings result;
  result.name = std::move(name);
  return result;
}

struct registry_fixture {
  telemetry::server_metrics metrics;
  std::shared_ptr<supervision::slot> sharing = std::make_shared<supervision::slot>();
  upstream_registry upstreams{{3, true, [] { return 0.5; }, sharing}, metrics};
};

}  // namespace

TEST_CASE("an upstream is found by its name and keeps its number", "[guards][registry]") {
  registry_fixture f;
  const auto first = f.upstreams.add(called("customer"));
  const auto second = f.upstreams.add(called("orders"));
  CHECK(first->number == 0);
  CHECK(second->number == 1);
  CHECK(f.upstreams.find("orders") == second);
  CHECK(f.upstreams.find("order") == nullptr);
  CHECK(f.upstreams.all()[0] == first);
}

TEST_CASE("a name that is known already keeps its state", "[guards][registry]") {
  registry_fixture f;
  const auto known = f.upstreams.add(called("customer"));
  known->limiter_share = 0.25;
  auto other = called("customer");
  other.url = "http://127.0.0.1:1";
  CHECK(f.upstreams.add(other) == known);
  CHECK(f.upstreams.all().size() == 1);
  CHECK(known->limiter_share == 0.25);
}

TEST_CASE("an upstream tells beforehand whether it would refuse a call", "[guards][registry]") {
  using namespace std::chrono_literals;
  const auto now = steady_time{} + 1h;
  registry_fixture f;
  auto settings = called("customer");
  const auto plain = f.upstreams.add(settings);
  CHECK_FALSE(plain->refuses(now));
  SECTION("by an open breaker") {
    plain->state = breaker_state::open;
    CHECK(plain->refuses(now));
  }
  SECTION("while it has asked for a pause") {
    plain->pressure.on_answer(call_outcome::failure, 503, 2s, now, now);
    plain->pressed = true;
    CHECK(plain->refuses(now + 1999ms));
    CHECK_FALSE(plain->refuses(now + 2s));
    CHECK_FALSE(plain->pressed);
  }
  SECTION("by its own limit, which that does not use up") {
    settings = called("limited");
    settings.rate_limit.emplace();
    settings.rate_limit->rate = 1;
    settings.rate_limit->period = 1s;
    settings.rate_limit->burst = 1;
    const auto limited = f.upstreams.add(settings);
    CHECK_FALSE(limited->refuses(now));
    CHECK(limited->limiter->decide(now).allowed);
    CHECK(limited->refuses(now));
    CHECK_FALSE(limited->refuses(now + 1s));
  }
  SECTION("by the limit that instances share, as it was heard last") {
    plain->limited_until = (now + 1s).time_since_epoch().count();
    CHECK(plain->refuses(now + 999ms));
    CHECK_FALSE(plain->refuses(now + 1s));
  }
}

TEST_CASE("calls begin at a place for each worker", "[guards][registry]") {
  registry_fixture f;
  const auto made = f.upstreams.add(called("customer"));
  REQUIRE(made->first_guards.size() == 3);
  CHECK(made->first_guards[0] != made->first_guards[1]);
}

TEST_CASE("breakers are shared where they are on and wanted to be", "[guards][registry]") {
  registry_fixture f;
  CHECK(f.upstreams.add(called("customer"))->sharing == f.sharing);
  auto alone = called("alone");
  alone.breaker.shared = false;
  CHECK(f.upstreams.add(alone)->sharing == nullptr);
  auto off = called("off");
  off.breaker.enabled = false;
  CHECK(f.upstreams.add(off)->sharing == nullptr);
}

}  // namespace tributary::actors::guards
