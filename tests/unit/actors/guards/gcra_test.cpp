// SPDX-License-Identifier: MIT
#include "actors/guards/gcra.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::rate_limit_settings;
using std::chrono::nanoseconds;

namespace {

const auto gcra_begin = steady_time{} + 1h;

rate_limit_settings limit(double rate, std::chrono::milliseconds period, double burst = 0) {
  rate_limit_settings result;
  result.rate = rate;
  result.period = period;
  result.burst = burst;
  return result;
}

/// The limiter's rule told differently: a bucket of `burst` tokens, each of `interval` parts, that
/// gains one part a nanosecond. Whole numbers, thus without rounding.
class token_bucket {
 public:
  token_bucket(std::int64_t interval, std::int64_t burst)
      : interval_(interval), full_(interval * burst), parts_(full_) {}

  bool take(steady_time now) {
    if (last_ != steady_time::min()) {
      parts_ = std::min<std::int64_t>(full_, parts_ + nanoseconds{now - last_}.count());
    }
    last_ = now;
    if (parts_ < interval_) return false;
    parts_ -= interval_;
    return true;
  }
  std::int64_t whole_tokens() const { return parts_ / interval_; }

 private:
  std::int64_t interval_;
  std::int64_t full_;
  std::int64_t parts_;
  steady_time last_ = steady_time::min();
};

}  // namespace

TEST_CASE("the limiter says exact numbers", "[gcra]") {
  gcra limiter{limit(10, 1s, 3)};
  struct row {
    nanoseconds at;
    bool allowed;
    nanoseconds retry_after;
    std::uint64_t remaining;
    nanoseconds reset;
  };
  const std::vector<row> rows = {
      {0ms, true, 0ms, 2, 100ms},    {0ms, true, 0ms, 1, 200ms},
      {0ms, true, 0ms, 0, 300ms},    {0ms, false, 100ms, 0, 300ms},
      {40ms, false, 60ms, 0, 260ms}, {100ms - 1ns, false, 1ns, 0, 200ms + 1ns},
      {100ms, true, 0ms, 0, 300ms},  {250ms, true, 0ms, 0, 250ms},
      {300ms, true, 0ms, 0, 300ms},  {10s, true, 0ms, 2, 100ms},
  };
  for (const auto& expected : rows) {
    INFO("at " << expected.at.count() << " ns");
    const auto peeked = limiter.peek(gcra_begin + expected.at);
    const auto decision = limiter.decide(gcra_begin + expected.at);
    CHECK(decision.allowed == expected.allowed);
    CHECK(decision.retry_after == expected.retry_after);
    CHECK(decision.remaining == expected.remaining);
    CHECK(decision.reset == expected.reset);
    CHECK(peeked.allowed == decision.allowed);
  }
}

TEST_CASE("an unset burst is the rate of one second and at least one call", "[gcra]") {
  CHECK(gcra{limit(100, 1s)}.burst() == 100);
  CHECK(gcra{limit(600, 60s)}.burst() == 10);
  CHECK(gcra{limit(30, 60s)}.burst() == 1);
  CHECK(gcra{limit(3, 1s)}.burst() == 3);
  CHECK(gcra{limit(5, 100ms)}.burst() == 50);
  CHECK(gcra{limit(10, 1s, 25)}.burst() == 25);
  CHECK(gcra{limit(10, 1s, 0.5)}.burst() == 1);
}

TEST_CASE("a rate that does not divide a second is never exceeded", "[gcra]") {
  gcra limiter{limit(3, 1s, 1)};
  CHECK(limiter.interval() == 333'333'334ns);
  CHECK(gcra{limit(100, 60s)}.interval() == 600ms);
  CHECK(gcra{limit(0.01, 1s)}.interval() == 100s);
}

TEST_CASE("extreme settings neither divide by zero nor overflow", "[gcra]") {
  for (const auto& settings : {limit(0, 1s), limit(-1, 1s), limit(1e-300, 1s), limit(1e300, 1s),
                               limit(1, 0ms), limit(1e-300, 1s, 1e300), limit(1e12, 1ms, 1e300)}) {
    gcra limiter{settings};
    CHECK(limiter.burst() >= 1);
    CHECK(limiter.decide(gcra_begin).allowed);
    const auto second = limiter.decide(gcra_begin);
    CHECK(second.retry_after >= 0ns);
    CHECK(second.reset >= 0ns);
  }
}

TEST_CASE("the limiter agrees with a token bucket on random arrivals", "[gcra]") {
  std::mt19937_64 random{20'240'607};
  for (int round = 0; round < 300; ++round) {
    const auto rate = std::uniform_int_distribution<int>{1, 2000}(random);
    const auto burst = std::uniform_int_distribution<int>{1, 50}(random);
    gcra limiter{limit(rate, 1s, burst)};
    const auto interval = limiter.interval().count();
    token_bucket reference{interval, burst};
    std::geometric_distribution<std::int64_t> gap{1.0 / (static_cast<double>(interval) * 0.7)};
    auto now = gcra_begin;
    for (int call = 0; call < 400; ++call) {
      now += nanoseconds{call % 7 == 0 ? interval * (call % 5) : gap(random)};
      const auto expected = reference.take(now);
      const auto decision = limiter.decide(now);
      REQUIRE(decision.allowed == expected);
      const auto remaining = static_cast<std::int64_t>(decision.remaining);
      if (expected) REQUIRE(remaining == reference.whole_tokens());
      if (!expected) {
        REQUIRE_FALSE(limiter.peek(now + decision.retry_after - 1ns).allowed);
        REQUIRE(limiter.peek(now + decision.retry_after).allowed);
      }
    }
  }
}

TEST_CASE("no span of time ever sees more than burst plus rate", "[gcra]") {
  std::mt19937_64 random{11};
  gcra limiter{limit(50, 1s, 8)};
  std::deque<steady_time> granted;
  auto now = gcra_begin;
  for (int call = 0; call < 50'000; ++call) {
    now += std::chrono::microseconds{std::uniform_int_distribution<int>{0, 12'000}(random)};
    if (!limiter.decide(now).allowed) continue;
    granted.push_back(now);
    while (now - granted.front() >= 1s) granted.pop_front();
    REQUIRE(granted.size() <= 58);
  }
}

TEST_CASE("a time that goes backwards is judged as the latest one", "[gcra]") {
  gcra limiter{limit(10, 1s, 2)};
  CHECK(limiter.decide(gcra_begin + 1s).allowed);
  const auto earlier = limiter.decide(gcra_begin);
  CHECK(earlier.allowed);
  CHECK(earlier.reset == 200ms);
  const auto refused = limiter.decide(gcra_begin - 1h);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_after == 100ms);
  CHECK(limiter.decide(gcra_begin + 1s + 100ms).allowed);
  CHECK_FALSE(limiter.decide(gcra_begin).allowed);
}

TEST_CASE("a limiter with a share grants that share of rate and burst", "[gcra]") {
  struct row {
    double burst;
    double share;
    nanoseconds interval;
    std::uint64_t at_once;
  };
  const std::vector<row> rows = {
      {20, 1, 100ms, 20}, {20, 0.5, 200ms, 10}, {20, 0.25, 400ms, 5},
      {2, 0.1, 1s, 1},    {0, 0.5, 200ms, 5},   {0, 0.01, 10s, 1},
  };
  for (const auto& each : rows) {
    CAPTURE(each.burst, each.share);
    gcra limiter{limit(10, 1s, each.burst), each.share};
    CHECK(limiter.interval() == each.interval);
    CHECK(limiter.burst() == each.at_once);
  }
}

TEST_CASE("a change of share gives no calls away", "[gcra]") {
  const auto settings = limit(100, 1s, 40);
  struct row {
    int used;
    double from;
    double to;
    int then;  ///< allowed at once after the change
  };
  const std::vector<row> rows = {
      {0, 1, 0.5, 20},    // as few as the new burst is
      {30, 1, 0.5, 10},   // as many as before
      {40, 1, 0.5, 0},    //
      {0, 0.5, 1, 20},    // a larger burst has to be saved up
      {15, 0.5, 1, 5},    //
      {20, 0.5, 0.25, 0}  //
  };
  for (const auto& each : rows) {
    CAPTURE(each.used, each.from, each.to);
    gcra limiter{settings, each.from};
    for (int i = 0; i < each.used; ++i) REQUIRE(limiter.decide(gcra_begin).allowed);
    limiter.rescale(settings, each.to, gcra_begin);
    CHECK(limiter.interval() == gcra(settings, each.to).interval());
    auto allowed = 0;
    while (limiter.decide(gcra_begin).allowed) ++allowed;
    CHECK(allowed == each.then);
  }
}

TEST_CASE("a share that changes again and again never grants more than the largest one", "[gcra]") {
  const auto settings = limit(100, 1s, 10);
  std::mt19937 random{7};
  gcra limiter{settings};
  auto now = gcra_begin;
  auto allowed = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::microseconds{random() % 5000};
    if (random() % 10 == 0) limiter.rescale(settings, 1.0 / (1 + random() % 4), now);
    if (limiter.decide(now).allowed) ++allowed;
  }
  const auto most = 10 + (now - gcra_begin) / 10ms;
  CHECK(allowed <= most);
  CHECK(allowed > most / 4);
}

}  // namespace tributary::actors::guards
