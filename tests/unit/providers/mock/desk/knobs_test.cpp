// SPDX-License-Identifier: MIT
#include "providers/mock/desk/knobs.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>

namespace tributary::providers::mock {

namespace {

constexpr std::array<std::string_view, 3> ways{"none", "before", "after"};
constexpr std::array own{switch_knob("limits", true), whole_knob("limit", 0, 0, 1'000'000),
                         number_knob("loss", 0.25, 0, 0.5), word_knob("drop", ways)};

}  // namespace

TEST_CASE("knobs are read from JSON and written back, the common ones first", "[mock]") {
  knobs k{own};
  CHECK(k.to_json() == R"({"latency_ms":0,"jitter_ms":0,"error_rate":0.0,"error_status":503,)"
                       R"("hang":false,"truncate":false,"malformed":false,)"
                       R"("limits":true,"limit":0,"loss":0.25,"drop":"none"})");
  const auto* text =
      R"({"latency_ms":5,"jitter_ms":2,"error_rate":0.5,"error_status":500,"hang":true,)"
      R"("truncate":true,"malformed":true,"limits":false,"limit":7,"loss":0.5,"drop":"after"})";
  CHECK_FALSE(k.replace(text));
  CHECK(k.to_json() == text);
  CHECK(k.whole("latency_ms") == 5);
  CHECK(k.number("error_rate") == 0.5);
  CHECK(k.is_on("hang"));
  CHECK(k.word("drop") == "after");
}

TEST_CASE("knobs that are not named go back to their defaults", "[mock]") {
  knobs k{own};
  CHECK_FALSE(k.replace(R"({"hang":true,"limit":3})"));
  CHECK_FALSE(k.replace(R"({"limit":4})"));
  CHECK_FALSE(k.is_on("hang"));
  CHECK(k.whole("limit") == 4);
}

TEST_CASE("knobs that are unknown or out of range are refused by name and change nothing",
          "[mock]") {
  const struct {
    const char* json;
    const char* named;
  } cases[] = {{R"({"latency":5})", "unknown knob latency; known are latency_ms, jitter_ms"},
               {R"({"latency_ms":-1})", "latency_ms must be a whole number from 0 to 600000"},
               {R"({"latency_ms":1.5})", "latency_ms must be"},
               {R"({"latency_ms":18446744073709551615})", "latency_ms must be"},
               {R"({"jitter_ms":600001})", "jitter_ms must be"},
               {R"({"error_rate":1.01})", "error_rate must be a number from 0 to 1"},
               {R"({"error_rate":"1"})", "error_rate must be"},
               {R"({"error_status":399})", "error_status must be a whole number from 400 to 599"},
               {R"({"error_status":600})", "error_status must be"},
               {R"({"hang":1})", "hang must be true or false"},
               {R"({"limits":"off"})", "limits must be"},
               {R"({"limit":1000001})", "limit must be"},
               {R"({"loss":0.6})", "loss must be a number from 0 to 0.5"},
               {R"({"drop":"half"})", "drop must be one of none, before, after"},
               {R"({"drop":1})", "drop must be"},
               {R"([])", "must be a JSON object"},
               {R"({"hang":)", "not JSON"},
               {"", "not JSON"}};
  for (const auto& [json, named] : cases) {
    INFO(json);
    knobs k{own};
    REQUIRE_FALSE(k.set("limit", 9));
    const auto why = k.replace(json);
    REQUIRE(why);
    CHECK_THAT(*why, Catch::Contains(named));
    CHECK(k.whole("limit") == 9);
  }
}

TEST_CASE("the knobs of one service are unknown to another", "[mock]") {
  knobs k;
  CHECK(k.has("hang"));
  CHECK_FALSE(k.has("limit"));
  CHECK_THAT(*k.set("limit", 1), Catch::StartsWith("unknown knob limit"));
}

TEST_CASE("to read a knob as what it is not is a mistake of the program", "[mock]") {
  const knobs k{own};
  CHECK_THROWS_AS(k.whole("hang"), std::logic_error);
  CHECK_THROWS_AS(k.is_on("nothing"), std::logic_error);
}

}  // namespace tributary::providers::mock
