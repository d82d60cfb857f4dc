// SPDX-License-Identifier: MIT
#include "actors/aggregation/part_course.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::actors::aggregation {

using namespace std::chrono_literals;
using config::fallback_kind;
using token = http::wire::error_token;

namespace {

const auto course_begin = std::chrono::steady_clock::time_point{} + 1h;

part_outcome there() { return received(200, tributary::http::wire::shared_bytes{"{}"}, 1ms); }

part_outcome answered(int status) { return received(status, {}, 1ms); }

part_outcome asking(int status, std::chrono::milliseconds wait) {
  auto result = answered(status);
  result.retry_after = wait;
  return result;
}

part_outcome broken(token error) { return failed(error, {}, 1ms); }

tributary::config::part_settings part_with(const std::vector<fallback_kind>& fallbacks) {
  tributary::config::part_settings result;
  for (const auto kind : fallbacks) {
    result.fallback.emplace_back();
    result.fallback.back().kind = kind;
  }
  return result;
}

tributary::config::retry_settings retries(std::size_t max) {
  tributary::config::retry_settings result;
  result.max = max;
  return result;
}

/// A course whose steps are written down: `retry@12 fallback#0 stale#1 …`.
class run {
 public:
  run(const tributary::config::part_settings& part, const tributary::config::retry_settings& retry,
      int tokens = 100, std::string_view method = "GET")
      : course{part, retry, method}, tokens_(tokens) {}

  run& hears(const part_outcome& outcome) {
    return write(course.on_outcome(outcome, terms(), [this] {
      ++asked;
      return tokens_-- > 0;
    }));
  }
  run& stale(bool found) { return write(course.on_stale(found, terms())); }
  run& after(std::chrono::milliseconds time) {
    now_ += time;
    return *this;
  }

  part_course course;
  std::string steps;
  int asked = 0;  ///< for a token

 private:
  course_terms terms() const { return {now_, course_begin + 1s, 10ms, 0.5}; }

  run& write(const next_step& step) {
    if (!steps.empty()) steps += ' ';
    const auto entry = '#' + std::to_string(step.entry);
    switch (step.what) {
      case course_step::done:
        steps += "done";
        break;
      case course_step::call_primary:
        steps += "retry@" + std::to_string((step.at - course_begin) / 1ms);
        now_ = step.at;
        break;
      case course_step::call_fallback:
        steps += "fallback" + entry;
        break;
      case course_step::look_up_stale:
        steps += "stale" + entry;
        break;
      case course_step::use_fixed:
        steps += "fixed" + entry;
        break;
      case course_step::give_up:
        steps += "give_up";
    }
    return *this;
  }

  int tokens_;
  std::chrono::steady_clock::time_point now_ = course_begin;
};

constexpr auto upstream = fallback_kind::upstream;
constexpr auto stale = fallback_kind::stale;
constexpr auto fixed = fallback_kind::fixed;

}  // namespace

TEST_CASE("without retries and fallbacks one call is all", "[part_course]") {
  const auto plain = part_with({});
  const auto none = retries(0);
  run good{plain, none};
  CHECK(good.hears(there()).steps == "done");
  CHECK(good.course.account().attempts == 1);
  CHECK_FALSE(good.course.degraded());
  run bad{plain, none};
  CHECK(bad.hears(broken(token::connection_refused)).steps == "give_up");
  CHECK(bad.course.primary_outcome().error == token::connection_refused);
  CHECK(bad.asked == 0);
}

TEST_CASE("what a retry may mend is called again as often as allowed", "[part_course]") {
  struct row {
    std::size_t max;
    std::vector<part_outcome> outcomes;
    std::string steps;
    int attempts;
  };
  const auto reset = broken(token::connection_terminated);
  const std::vector<row> rows = {
      {1, {reset, there()}, "retry@12 done", 2},
      {1, {reset, reset}, "retry@12 give_up", 2},
      {3, {reset, answered(503), reset, answered(502)}, "retry@12 retry@37 retry@87 give_up", 4},
      {3, {reset, answered(404)}, "retry@12 done", 2},
      {3, {answered(500)}, "give_up", 1},
      {3, {answered(404)}, "done", 1},
      {3, {answered(429)}, "done", 1},
      {3, {asking(429, 300ms), there()}, "retry@300 done", 2},
      {3, {asking(503, 0ms), there()}, "retry@0 done", 2},
      {3, {asking(503, 990ms), there()}, "retry@990 done", 2},
      {3, {asking(503, 991ms)}, "give_up", 1},
      {3, {asking(429, 991ms)}, "done", 1},
      {3, {broken(token::http_response_timeout)}, "give_up", 1},
      {3, {broken(token::destination_unavailable)}, "give_up", 1},
      {3, {broken(token::connection_limit_reached)}, "give_up", 1},
      {3, {broken(token::tls_certificate_error)}, "give_up", 1},
      {3, {broken(token::proxy_internal_error)}, "done", 1},
  };
  const auto plain = part_with({});
  for (const auto& each : rows) {
    INFO(each.steps << " at status " << each.outcomes[0].status);
    const auto settings = retries(each.max);
    run actual{plain, settings};
    for (const auto& outcome : each.outcomes) actual.hears(outcome);
    CHECK(actual.steps == each.steps);
    CHECK(actual.course.account().attempts == each.attempts);
  }
}

TEST_CASE("a retry needs a token, which is asked for last", "[part_course]") {
  const auto with_fixed = part_with({fixed});
  const auto one = retries(1);
  const auto reset = broken(token::connection_terminated);
  CHECK(run(with_fixed, one, 0).hears(reset).steps == "fixed#0");
  CHECK(run(with_fixed, one, 1).hears(reset).hears(reset).steps == "retry@12 fixed#0");
  struct row {
    part_outcome outcome;
    std::chrono::milliseconds passed;
  };
  const std::vector<row> never_asked = {
      {there(), 0ms}, {answered(404), 0ms}, {broken(token::tls_protocol_error), 0ms},
      {reset, 980ms}, {reset, 2s},          {asking(503, 5s), 0ms},
  };
  for (const auto& each : never_asked) {
    run course{with_fixed, one};
    CHECK(course.after(each.passed).hears(each.outcome).asked == 0);
  }
}

TEST_CASE("only methods that may be repeated are retried once sent", "[part_course]") {
  const auto plain = part_with({});
  const auto one = retries(1);
  CHECK(run(plain, one, 9, "POST").hears(answered(503)).steps == "give_up");
  CHECK(run(plain, one, 9, "POST").hears(broken(token::connection_refused)).steps == "retry@12");
}

TEST_CASE("fallbacks stand in for failures and refusals alone", "[part_course]") {
  struct row {
    part_outcome outcome;
    bool runs;
  };
  auto invalid = answered(200);
  invalid.error = token::http_protocol_error;
  std::vector<row> rows = {{there(), false}, {invalid, true}};
  for (const int status : {500, 502, 503, 504}) rows.push_back({answered(status), true});
  for (const int status : {301, 400, 401, 403, 404, 409, 410, 422, 429, 501}) {
    rows.push_back({answered(status), false});
  }
  for (const auto error :
       {token::dns_timeout, token::dns_error, token::destination_unavailable,
        token::connection_refused, token::connection_terminated, token::connection_timeout,
        token::connection_limit_reached, token::tls_protocol_error, token::tls_certificate_error,
        token::http_protocol_error, token::http_response_incomplete, token::http_response_timeout,
        token::http_response_header_section_size, token::http_response_body_size}) {
    rows.push_back({broken(error), true});
  }
  for (const auto error : {token::proxy_internal_error, token::proxy_configuration_error}) {
    rows.push_back({broken(error), false});
  }
  const auto with_mirror = part_with({upstream});
  const auto none = retries(0);
  for (const auto& each : rows) {
    INFO(to_string(each.outcome.error) << ' ' << each.outcome.status);
    run course{with_mirror, none};
    CHECK(course.hears(each.outcome).steps == (each.runs ? "fallback#0" : "done"));
  }
}

TEST_CASE("a status that a rule maps is an answer", "[part_course]") {
  auto ruled = part_with({fixed});
  ruled.status_rules = {{503, 404, "GONE", "Gone"}};
  const auto two = retries(2);
  CHECK(run(ruled, two).hears(answered(503)).steps == "done");
  CHECK(run(ruled, two).hears(answered(502)).hears(answered(503)).steps == "retry@12 done");
  CHECK(run(ruled, two).hears(broken(token::connection_limit_reached)).steps == "fixed#0");
}

TEST_CASE("fallbacks are tried in order, each once", "[part_course]") {
  const auto chain = part_with({upstream, stale, upstream, fixed});
  const auto one = retries(1);
  const auto reset = broken(token::connection_terminated);
  run all{chain, one};
  all.hears(reset).hears(answered(503)).hears(answered(503)).stale(false).hears(answered(404));
  CHECK(all.steps == "retry@12 fallback#0 stale#1 fallback#2 fixed#3");
  CHECK(all.course.account().attempts == 2);
  CHECK(all.course.account().source == part_source::fixed);
  CHECK(all.course.account().entry == 3);
  CHECK(all.course.degraded());

  run mirror{chain, one};
  mirror.hears(broken(token::destination_unavailable)).hears(there());
  CHECK(mirror.steps == "fallback#0 done");
  CHECK(mirror.course.account().attempts == 1);
  CHECK(mirror.course.account().source == part_source::fallback);
  CHECK(mirror.course.account().entry == 0);

  run old{chain, one};
  old.hears(answered(500)).hears(reset).stale(true);
  CHECK(old.steps == "fallback#0 stale#1 done");
  CHECK(old.course.account().source == part_source::stale);
  CHECK(old.course.account().entry == 1);
}

TEST_CASE("with too little time left only what needs none is tried", "[part_course]") {
  const auto chain = part_with({upstream, stale, upstream, fixed});
  const auto one = retries(1);
  const auto late = broken(token::http_response_timeout);
  for (const auto passed : {991ms, 1000ms, 5000ms}) {
    run course{chain, one};
    course.after(passed).hears(late).stale(false);
    CHECK(course.steps == "stale#1 fixed#3");
  }
  CHECK(run(chain, one).after(990ms).hears(late).steps == "fallback#0");
  const auto mirrors = part_with({upstream, upstream});
  CHECK(run(mirrors, one).after(995ms).hears(late).steps == "give_up");
}

TEST_CASE("when all fail the primary's last call is told", "[part_course]") {
  const auto mirrored = part_with({upstream, stale});
  const auto one = retries(1);
  run course{mirrored, one};
  course.hears(broken(token::connection_terminated)).hears(answered(503));
  course.hears(broken(token::connection_refused)).stale(false);
  CHECK(course.steps == "retry@12 fallback#0 stale#1 give_up");
  CHECK(course.course.primary_outcome().status == 503);
  CHECK(course.course.primary_outcome().error == token::http_response_status);
  CHECK(course.course.primary_outcome().attempts == 2);
  CHECK(course.course.account().source == part_source::primary);
  CHECK_FALSE(course.course.degraded());
}

TEST_CASE("a retry that our own guards refused was no call", "[part_course]") {
  const auto plain = part_with({});
  const auto one = retries(1);
  auto refusal = broken(token::destination_unavailable);
  refusal.retry_after = 5s;
  run course{plain, one};
  course.hears(answered(503)).hears(refusal);
  CHECK(course.steps == "retry@12 give_up");
  CHECK(course.course.primary_outcome().status == 503);
  CHECK(course.course.primary_outcome().attempts == 1);
  CHECK(course.course.primary_outcome().retry_after == 5s);
  CHECK(course.course.account().attempts == 1);
}

}  // namespace tributary::actors::aggregation
