// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_options.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::mock {

TEST_CASE("each listener has a flag with its default port", "[mock]") {
  const mock_options options;
  REQUIRE(options.ports.size() == 3);
  CHECK(options.ports[0].on->name == "port");
  CHECK(options.ports[0].number == 7001);
  CHECK(options.ports[1].on->name == "market-port");
  CHECK(options.ports[1].number == 7002);
  CHECK(options.ports[1].help() == "port of market data; 0: a free one");
  CHECK(options.ports[2].on->name == "vendor-port");
  CHECK(options.ports[2].number == 7003);
}

TEST_CASE("knobs can be given on the command line", "[mock]") {
  mock_options options;
  CHECK_FALSE(options.apply_knob("customer.latency_ms=50"));
  CHECK_FALSE(options.apply_knob("all.error_rate=0.1"));
  CHECK(options.initial[0].whole("latency_ms") == 50);
  CHECK(options.initial[1].whole("latency_ms") == 0);
  CHECK(options.initial[2].number("error_rate") == 0.1);
  CHECK(options.initial[7].number("error_rate") == 0.1);
  CHECK_THAT(*options.apply_knob("nobody.hang=true"),
             Catch::Contains("unknown service nobody; known are customer, ") &&
                 Catch::EndsWith("vendor_async, all"));
  CHECK_THAT(*options.apply_knob("master.speed=1"), Catch::Contains("unknown knob speed"));
  CHECK_THAT(*options.apply_knob("all.speed=1"), Catch::Contains("unknown knob speed"));
  CHECK_THAT(*options.apply_knob("master.hang=yes"), Catch::Contains("hang must be"));
  CHECK_THAT(*options.apply_knob("hang"), Catch::Contains("SERVICE.KEY=VALUE"));
}

TEST_CASE("a knob of some services is set in these when it is set in all", "[mock]") {
  mock_options options;
  CHECK_FALSE(options.apply_knob("all.limits=false"));
  CHECK_FALSE(options.initial[0].has("limits"));
  CHECK_FALSE(options.initial[3].is_on("limits"));
  CHECK_FALSE(options.initial[7].is_on("limits"));
  CHECK_THAT(*options.apply_knob("customer.limits=false"), Catch::Contains("unknown knob limits"));
}

TEST_CASE("the overview has a line for each service", "[mock]") {
  const auto text = mock_options{}.overview();
  for (const auto* each : services())
    CHECK_THAT(text, Catch::Contains("\n  " + std::string{each->name} + ' '));
  CHECK_THAT(text, Catch::Contains("--market-port   /finnhub          limits, limit\n"));
  CHECK_THAT(text, Catch::Contains("Knobs of all: latency_ms, "));
}

}  // namespace tributary::providers::mock
