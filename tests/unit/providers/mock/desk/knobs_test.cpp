// SPDX-License-Identifier: MIT
#include "providers/mock/knobs.hpp"

#include "providers/mock/mock_server.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::mock {

TEST_CASE("knobs are read from JSON and written back", "[mock]") {
  const auto* text = R"({"latency_ms":5,"jitter_ms":2,"error_rate":0.5,"error_status":500,)"
                     R"("hang":true,"truncate":true,"malformed":true,"limits":false,"limit":7})";
  const auto parsed = parse_knobs(text);
  REQUIRE(std::holds_alternative<knobs>(parsed));
  CHECK(std::get<knobs>(parsed) == knobs{5, 2, 0.5, 500, true, true, true, false, 7});
  CHECK(to_json(std::get<knobs>(parsed)) == text);
  CHECK(std::get<knobs>(parse_knobs("{}")) == knobs{});
}

TEST_CASE("knobs that are unknown or out of range are refused by name", "[mock]") {
  const struct {
    const char* json;
    const char* named;
  } cases[] = {{R"({"latency":5})", "unknown knob latency"},
               {R"({"latency_ms":-1})", "latency_ms must be"},
               {R"({"latency_ms":1.5})", "latency_ms must be"},
               {R"({"jitter_ms":600001})", "jitter_ms must be"},
               {R"({"error_rate":1.01})", "error_rate must be"},
               {R"({"error_rate":"1"})", "error_rate must be"},
               {R"({"error_status":200})", "error_status must be"},
               {R"({"error_status":600})", "error_status must be"},
               {R"({"hang":1})", "hang must be"},
               {R"({"limits":"off"})", "limits must be"},
               {R"({"limit":1000001})", "limit must be"},
               {R"([])", "must be a JSON object"},
               {R"({"hang":)", "not JSON"},
               {"", "not JSON"}};
  for (const auto& [json, named] : cases) {
    INFO(json);
    const auto parsed = parse_knobs(json);
    REQUIRE(std::holds_alternative<knob_error>(parsed));
    CHECK_THAT(std::get<knob_error>(parsed).message, Catch::Contains(named));
  }
}

TEST_CASE("delay and errors follow from the random bits", "[mock]") {
  knobs k;
  k.latency_ms = 10;
  k.jitter_ms = 5;
  for (std::uint64_t random = 0; random < 100; ++random) {
    const auto delay = decide(k, random, 0).delay.count();
    CHECK((delay >= 10 && delay <= 15));
  }
  k.error_rate = 0.25;
  CHECK(decide(k, 0, 0).error);
  CHECK_FALSE(decide(k, 0, std::uint64_t{1} << 62).error);
  k.error_rate = 1;
  CHECK(decide(k, 0, ~std::uint64_t{0}).error);
  k.error_rate = 0;
  CHECK_FALSE(decide(k, 0, 0).error);
}

TEST_CASE("knobs can be given on the command line", "[mock]") {
  mock_options options;
  CHECK_FALSE(apply_knob(options, "customer.latency_ms=50"));
  CHECK_FALSE(apply_knob(options, "all.error_rate=0.1"));
  CHECK(options.initial[0].latency_ms == 50);
  CHECK(options.initial[1].latency_ms == 0);
  CHECK(options.initial[2].error_rate == 0.1);
  CHECK_THAT(*apply_knob(options, "nobody.hang=true"), Catch::Contains("unknown service nobody"));
  CHECK_THAT(*apply_knob(options, "master.speed=1"), Catch::Contains("unknown knob speed"));
  CHECK_THAT(*apply_knob(options, "master.hang=yes"), Catch::Contains("hang must be"));
  CHECK_THAT(*apply_knob(options, "hang"), Catch::Contains("SERVICE.KEY=VALUE"));
}

}  // namespace tributary::providers::mock
