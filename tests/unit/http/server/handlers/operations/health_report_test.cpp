// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/health_report.hpp"

#include <catch2/catch.hpp>

namespace tributary::http::server {

using nlohmann::ordered_json;

TEST_CASE("what is well has its detail and the time of the start", "[health]") {
  health_report report{"2026-01-01T00:00:00Z"};
  report.add("cache", health::ok, "2 of 2 shards");
  CHECK_FALSE(report.is_degraded());
  CHECK(report.take_dependencies() ==
        ordered_json{
            {"cache",
             {{"status", "ok"}, {"detail", "2 of 2 shards"}, {"since", "2026-01-01T00:00:00Z"}}}});
}

TEST_CASE("what is down or degraded degrades the whole, what is disabled does not", "[health]") {
  const auto degraded = [](health how) {
    health_report report{""};
    report.add("it", how, "so");
    return report.is_degraded();
  };
  CHECK(degraded(health::down));
  CHECK(degraded(health::degraded));
  CHECK_FALSE(degraded(health::disabled));
  CHECK_FALSE(degraded(health::ok));
}

TEST_CASE("a second word on the same replaces the first and keeps its place", "[health]") {
  health_report report{""};
  report.add("a", health::ok, "breaker closed", 0);
  report.add("b", health::disabled, "off");
  report.add("a", health::down, "the key is refused", 1'000);
  CHECK(report.is_degraded());
  CHECK(report.take_dependencies().dump() ==
        R"({"a":{"status":"down","detail":"the key is refused","since":"1970-01-01T00:00:01Z"},)"
        R"("b":{"status":"disabled","detail":"off"}})");
}

}  // namespace tributary::http::server
