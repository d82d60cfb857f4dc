// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include "breaker_fixture.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::breaker_settings;
using http::wire::error_token;
using tests::breaker_fixture;
using tests::failure;
using tests::neutral;
using tests::success;

TEST_CASE("outcomes are classified by error and status", "[breaker]") {
  struct row {
    error_token error;
    int status;
    call_outcome outcome;
  };
  const std::vector<row> rows = {
      {error_token::none, 200, success},
      {error_token::none, 204, success},
      {error_token::none, 302, success},
      {error_token::none, 400, success},
      {error_token::none, 404, success},
      {error_token::none, 429, neutral},
      {error_token::none, 500, failure},
      {error_token::none, 501, success},
      {error_token::none, 502, failure},
      {error_token::none, 503, failure},
      {error_token::none, 504, failure},
      {error_token::http_response_status, 404, success},
      {error_token::http_response_status, 429, neutral},
      {error_token::http_response_status, 503, failure},
      {error_token::dns_timeout, 0, failure},
      {error_token::dns_error, 0, failure},
      {error_token::connection_refused, 0, failure},
      {error_token::connection_terminated, 0, failure},
      {error_token::connection_timeout, 0, failure},
      {error_token::tls_protocol_error, 0, failure},
      {error_token::tls_certificate_error, 0, failure},
      {error_token::http_protocol_error, 0, failure},
      {error_token::http_response_incomplete, 200, failure},
      {error_token::http_response_timeout, 200, failure},
      {error_token::http_response_header_section_size, 0, failure},
      {error_token::http_response_body_size, 200, failure},
      {error_token::destination_unavailable, 0, neutral},
      {error_token::connection_limit_reached, 0, neutral},
      {error_token::proxy_internal_error, 0, neutral},
      {error_token::proxy_configuration_error, 0, neutral},
  };
  for (const auto& each : rows) {
    INFO(static_cast<int>(each.error) << " " << each.status);
    CHECK(classify(each.error, each.status) == each.outcome);
  }
}

TEST_CASE("a closed breaker opens on rate and number of calls alone", "[breaker]") {
  struct row {
    const char* what;
    int failures;
    int successes;
    breaker_state state;
  };
  const std::vector<row> rows = {
      {"too few calls", 19, 0, breaker_state::closed},
      {"enough calls, all failed", 20, 0, breaker_state::open},
      {"exactly half", 10, 10, breaker_state::open},
      {"just below half", 9, 11, breaker_state::closed},
      {"a success that fills the number opens too", 19, 1, breaker_state::open},
      {"no failure", 0, 100, breaker_state::closed},
  };
  for (const auto& each : rows) {
    INFO(each.what);
    breaker_fixture f;
    f.calls(each.failures, failure);
    f.calls(each.successes, success);
    CHECK(f.state() == each.state);
  }
}

TEST_CASE("a rate that is not a binary fraction is met exactly", "[breaker]") {
  breaker_settings settings;
  settings.failure_rate = 0.1;
  settings.min_calls = 30;
  breaker_fixture f{settings};
  f.calls(27, success);
  f.calls(3, failure);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("failures that left the window do not count", "[breaker]") {
  breaker_fixture f;
  f.calls(19, failure);
  f.now += 11s;
  f.calls(19, failure);
  CHECK(f.state() == breaker_state::closed);
  CHECK(f.breaker.snapshot(f.now).window.calls == 19);
  f.call(failure);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("slow calls open the breaker when a limit is set", "[breaker]") {
  breaker_fixture unset;
  unset.calls(100, success, 10s);
  CHECK(unset.state() == breaker_state::closed);

  breaker_settings settings;
  settings.slow = 100ms;
  breaker_fixture f{settings};
  f.calls(4, success, 100ms);
  f.calls(15, success, 101ms);
  CHECK(f.state() == breaker_state::closed);
  f.call(success, 101ms);
  CHECK(f.state() == breaker_state::open);

  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.call(success, 101ms);
  CHECK(f.state() == breaker_state::open);
}

TEST_CASE("an open breaker refuses and says when to come again", "[breaker]") {
  breaker_fixture f;
  f.calls(20, failure);
  f.now += 2s;
  const auto refused = f.breaker.admit(f.now);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.retry_after == 3s);
  CHECK_FALSE(f.breaker.admit(f.now + 3s - 1ns).admitted);
  CHECK(f.breaker.admit(f.now + 3s).admitted);
}

TEST_CASE("transitions are counted for metrics and events", "[breaker]") {
  breaker_fixture f;
  f.to_half_open();
  f.calls(3, success);
  const auto snapshot = f.breaker.snapshot(f.now);
  CHECK(snapshot.transitions == 3);
  CHECK(snapshot.opened == 1);
  CHECK_FALSE(snapshot.opened_at.has_value());
  CHECK_FALSE(snapshot.retry_at.has_value());
  CHECK(to_string(snapshot.state) == "closed");
}

TEST_CASE("the failures that opened a breaker are told until it closes", "[breaker]") {
  breaker_fixture f;
  f.calls(8, success);
  f.calls(12, failure);
  REQUIRE(f.state() == breaker_state::open);
  CHECK(f.breaker.snapshot(f.now).failures == 12);
  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.call(failure);
  CHECK(f.breaker.snapshot(f.now).failures == 13);
  f.now = *f.breaker.snapshot(f.now).retry_at;
  f.calls(3, success);
  CHECK(f.breaker.snapshot(f.now).failures == 0);
}

}  // namespace tributary::actors::guards
