// SPDX-License-Identifier: MIT
#include "providers/mock/desk/desk.hpp"

#include "providers/mock/desk/mishaps.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace tributary::providers::mock {

namespace {

knobs with(std::string_view json) {
  knobs result;
  REQUIRE_FALSE(result.replace(json));
  return result;
}

/// What becomes of 64 answers: `x` for an error.
std::string fates_of(std::string_view service, std::uint64_t seed) {
  desk at{service, seed, with(R"({"error_rate":0.5})")};
  std::string result;
  for (int i = 0; i < 64; ++i) {
    result += at.deliver(at.receive(), reply{}).answer.status == 200 ? '.' : 'x';
  }
  return result;
}

}  // namespace

TEST_CASE("delay and errors follow from the random bits", "[mock]") {
  mishap_rules rules;
  rules.latency_ms = 10;
  rules.jitter_ms = 5;
  for (std::uint64_t random = 0; random < 100; ++random) {
    const auto delay = decide(rules, random, 0).delay.count();
    CHECK((delay >= 10 && delay <= 15));
  }
  rules.error_rate = 0.25;
  CHECK(decide(rules, 0, 0).error);
  CHECK_FALSE(decide(rules, 0, std::uint64_t{1} << 62).error);
  rules.error_rate = 1;
  CHECK(decide(rules, 0, ~std::uint64_t{0}).error);
  rules.error_rate = 0;
  CHECK_FALSE(decide(rules, 0, 0).error);
}

TEST_CASE("each common knob reaches its rule", "[mock]") {
  CHECK(rules_of(knobs{}) == mishap_rules{});
  const auto all =
      with(R"({"latency_ms":1,"jitter_ms":2,"error_rate":0.5,"error_status":418,"hang":true,)"
           R"("truncate":true,"malformed":true})");
  CHECK(rules_of(all) == mishap_rules{1, 2, 0.5, 418, true, true, true});
}

TEST_CASE("the same seed and service meet the same fate, others another", "[mock]") {
  const auto fates = fates_of("customer", 1);
  CHECK(fates.find('x') != fates.npos);
  CHECK(fates.find('.') != fates.npos);
  CHECK(fates_of("customer", 1) == fates);
  CHECK(fates_of("customer", 2) != fates);
  CHECK(fates_of("master", 1) != fates);
}

TEST_CASE("a stand-in may cut its own answer, unless an error takes its place", "[mock]") {
  desk at{"customer", 1, knobs{}};
  const auto cut_at = [&](cut where) {
    reply answer;
    answer.where = where;
    return at.deliver(at.receive(), std::move(answer));
  };
  CHECK_FALSE(cut_at(cut::none).drop);
  CHECK_FALSE(cut_at(cut::none).truncate);
  CHECK(cut_at(cut::at_once).drop);
  CHECK(cut_at(cut::half_way).truncate);
  CHECK_FALSE(cut_at(cut::half_way).drop);
  // What was closed has got no answer.
  CHECK(at.counts().to_json().dump() == R"({"requests":5,"answers":{"200":4},"hung":1})");
  at.set(with(R"({"error_rate":1})"));
  CHECK_FALSE(cut_at(cut::at_once).drop);
}

TEST_CASE("a ledger counts what came, what was answered by status, and what was not", "[mock]") {
  desk at{"customer", 1, knobs{}};
  at.deliver(at.receive(), reply{});
  at.deliver(at.receive(), failure(404, "no"));
  at.set(with(R"({"error_rate":1,"error_status":418})"));
  at.deliver(at.receive(), reply{});
  at.set(with(R"({"hang":true})"));
  at.deliver(at.receive(), reply{});
  at.receive();
  at.on_failed();
  CHECK(at.counts().requests() == 5);
  CHECK(at.counts().to_json().dump() ==
        R"({"requests":5,"answers":{"200":1,"404":1,"418":1,"500":1},"hung":1})");
}

}  // namespace tributary::providers::mock
