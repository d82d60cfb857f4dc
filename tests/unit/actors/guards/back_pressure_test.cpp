// SPDX-License-Identifier: MIT
#include "actors/guards/back_pressure.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using optional_ms = std::optional<std::chrono::milliseconds>;
using optional_ns = std::optional<std::chrono::nanoseconds>;

namespace {

const auto pressure_begin = steady_time{} + 1h;

/// The outcome of an answered call, as the breaker would hear it without back-pressure.
call_outcome alone(int status) { return classify({}, status); }

call_outcome answer(back_pressure& guard, int status, optional_ms retry_after,
                    std::chrono::milliseconds started, std::chrono::milliseconds ended) {
  return guard.on_answer(alone(status), status, retry_after, pressure_begin + started,
                         pressure_begin + ended);
}

/// Answers by which one more 429 is enough for a pause, if it names a time.
void crowd(back_pressure& guard, std::chrono::milliseconds ended) {
  for (int i = 0; i < 2; ++i) answer(guard, 429, {}, 0ms, ended);
}

}  // namespace

TEST_CASE("an upstream is paused for as long as it asks, up to the cap", "[back_pressure]") {
  struct row {
    int status;
    optional_ms retry_after;
    optional_ns left;  ///< right after the answer
  };
  const std::vector<row> rows = {
      {429, 2s, 2s}, {503, 2s, 2s},  {429, 1ms, 1ms}, {429, 60s, 60s}, {503, 24h, 60s},
      {429, 0s, {}}, {429, -1s, {}}, {429, {}, {}},   {503, {}, {}},   {200, 2s, {}},
      {500, 2s, {}}, {502, 2s, {}},  {404, 2s, {}},   {0, 2s, {}},
  };
  for (const auto& each : rows) {
    INFO(each.status << " after " << (each.retry_after ? each.retry_after->count() : -1) << " ms");
    back_pressure guard{{}};
    CHECK_FALSE(guard.refused(pressure_begin));
    if (each.status == 429) crowd(guard, 100ms);
    CHECK(answer(guard, each.status, each.retry_after, 0ms, 100ms) == alone(each.status));
    CHECK(guard.refused(pressure_begin + 100ms) == each.left);
    if (each.left) {
      CHECK(guard.refused(pressure_begin + 100ms + *each.left - 1ns) == 1ns);
      CHECK_FALSE(guard.refused(pressure_begin + 100ms + *each.left));
    }
  }
}

TEST_CASE("a running pause is prolonged and never shortened", "[back_pressure]") {
  back_pressure guard{{}};
  answer(guard, 503, 10s, 0ms, 1s);
  answer(guard, 503, 2s, 0ms, 2s);
  CHECK(guard.refused(pressure_begin + 2s) == 9s);
  answer(guard, 200, {}, 0ms, 3s);
  CHECK(guard.refused(pressure_begin + 3s) == 8s);
  answer(guard, 503, 30s, 0ms, 4s);
  CHECK(guard.refused(pressure_begin + 4s) == 30s);
  CHECK(guard.pauses() == 1);
  answer(guard, 503, 1s, 34s, 35s);
  CHECK(guard.pauses() == 2);
}

TEST_CASE("429 is a failure only when repeated after the pause", "[back_pressure]") {
  struct call {
    int status;
    optional_ms retry_after;
    std::chrono::milliseconds started;
    std::chrono::milliseconds ended;
    call_outcome heard;
  };
  struct row {
    const char* what;
    std::vector<call> calls;
  };
  constexpr auto neutral = call_outcome::neutral;
  constexpr auto failure = call_outcome::failure;
  constexpr auto success = call_outcome::success;
  const std::vector<row> rows = {
      {"the first of all", {{429, 1s, 0s, 1s, neutral}}},
      {"never a pause", {{429, {}, 0s, 1s, neutral}, {429, {}, 5s, 6s, neutral}}},
      {"a call from before the pause", {{429, 1s, 0s, 1s, neutral}, {429, 1s, 0s, 5s, neutral}}},
      {"a call from within the pause",
       {{429, 1s, 0s, 1s, neutral}, {429, {}, 1999ms, 5s, neutral}}},
      {"repeated", {{429, 1s, 0s, 1s, neutral}, {429, 1s, 2s, 3s, failure}}},
      {"repeated without a time", {{429, 1s, 0s, 1s, neutral}, {429, {}, 2s, 3s, failure}}},
      {"once a pause",
       {{429, 1s, 0s, 1s, neutral},
        {429, {}, 2s, 3s, failure},
        {429, {}, 2s, 3s, neutral},
        {429, {}, 4s, 5s, neutral}}},
      {"several at once after a pause",
       {{429, 1s, 0s, 1s, neutral},
        {429, 1s, 2s, 3s, failure},
        {429, 1s, 2s, 3s, neutral},
        {429, 1s, 2s, 3s, neutral},
        {429, 1s, 4s, 5s, failure}}},
      {"well in between",
       {{429, 1s, 0s, 1s, neutral}, {200, {}, 2s, 3s, success}, {429, 1s, 4s, 5s, neutral}}},
      {"an answer from before proves nothing",
       {{429, 1s, 0s, 1s, neutral}, {200, {}, 0s, 3s, success}, {429, 1s, 4s, 5s, failure}}},
      {"no answer proves nothing",
       {{429, 1s, 0s, 1s, neutral}, {0, {}, 2s, 3s, success}, {429, 1s, 4s, 5s, failure}}},
      {"after a pause of a 503", {{503, 1s, 0s, 1s, failure}, {429, {}, 2s, 3s, failure}}},
      {"503 is one anyway", {{429, 1s, 0s, 1s, neutral}, {503, 1s, 2s, 3s, failure}}},
  };
  for (const auto& each : rows) {
    back_pressure guard{{}};
    crowd(guard, 1s);
    for (std::size_t i = 0; i < each.calls.size(); ++i) {
      INFO(each.what << ", call " << i);
      const auto& c = each.calls[i];
      CHECK(answer(guard, c.status, c.retry_after, c.started, c.ended) == c.heard);
    }
  }
}

TEST_CASE("a 429 for one of many callers pauses nobody", "[back_pressure]") {
  back_pressure guard{{}};
  answer(guard, 429, 30s, 0ms, 100ms);
  CHECK_FALSE(guard.refused(pressure_begin + 100ms));
  answer(guard, 200, {}, 0ms, 200ms);
  answer(guard, 404, {}, 0ms, 300ms);
  answer(guard, 429, 30s, 0ms, 400ms);
  CHECK_FALSE(guard.refused(pressure_begin + 400ms));
  answer(guard, 429, {}, 0ms, 500ms);  // three of five
  CHECK(guard.refused(pressure_begin + 500ms) == 29900ms);
  CHECK(guard.pauses() == 1);
}

TEST_CASE("429s are compared with the answers of the last second, three at least",
          "[back_pressure]") {
  back_pressure guard{{}};
  for (int i = 0; i < 20; ++i) answer(guard, 200, {}, 0s, 1s);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(guard.refused(pressure_begin + 2500ms));
    answer(guard, 429, 5s, 2s, 2500ms);
  }
  CHECK(guard.refused(pressure_begin + 2500ms) == 5s);
  back_pressure seldom{{}};
  for (auto at = 0s; at < 60s; at += 1s) answer(seldom, 429, 5s, at, at);
  CHECK(seldom.pauses() == 0);
}

TEST_CASE("a time that a 429 named long ago is none for those of now", "[back_pressure]") {
  back_pressure guard{{}};
  answer(guard, 429, 60s, 0s, 1s);
  for (int i = 0; i < 3; ++i) answer(guard, 429, {}, 9s, 10s);
  CHECK_FALSE(guard.refused(pressure_begin + 10s));
}

TEST_CASE("a pause by 429 ends when other answers outnumber them, one by 503 does not",
          "[back_pressure]") {
  back_pressure guard{{}};
  crowd(guard, 100ms);
  answer(guard, 429, 30s, 0ms, 100ms);
  answer(guard, 200, {}, 0ms, 200ms);
  CHECK(guard.refused(pressure_begin + 200ms));
  for (int i = 0; i < 2; ++i) answer(guard, 200, {}, 0ms, 200ms);
  CHECK_FALSE(guard.refused(pressure_begin + 200ms));
  answer(guard, 503, 7s, 0ms, 300ms);
  for (int i = 0; i < 9; ++i) answer(guard, 200, {}, 0ms, 400ms);
  CHECK(guard.refused(pressure_begin + 400ms) == 6900ms);
}

TEST_CASE("switched off it neither pauses nor judges", "[back_pressure]") {
  back_pressure guard{{false, 60s}};
  CHECK(answer(guard, 429, 10s, 0ms, 1s) == call_outcome::neutral);
  CHECK(answer(guard, 429, 10s, 12s, 13s) == call_outcome::neutral);
  CHECK_FALSE(guard.refused(pressure_begin + 1s));
}

}  // namespace tributary::actors::guards
