// SPDX-License-Identifier: MIT
#include "actors/guards/retry_policy.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

namespace tributary::actors::guards {

using namespace std::chrono_literals;
using config::retry_settings;
using token = http::wire::error_token;
using optional_ms = std::optional<std::chrono::milliseconds>;

namespace {

const auto failed_at = steady_time{} + 1h;

}  // namespace

TEST_CASE("only what another attempt may mend is tried again", "[retry_policy]") {
  struct row {
    token error;
    int status;
    bool get;
    bool post;
  };
  const std::vector<row> rows = {
      {token::dns_timeout, 0, true, true},
      {token::dns_error, 0, true, true},
      {token::connection_refused, 0, true, true},
      {token::connection_timeout, 0, true, true},
      {token::connection_terminated, 0, true, false},
      {token::http_response_incomplete, 0, false, false},
      {token::http_response_incomplete, 200, false, false},
      {token::tls_protocol_error, 0, false, false},
      {token::tls_certificate_error, 0, false, false},
      {token::http_protocol_error, 0, false, false},
      {token::http_protocol_error, 200, false, false},
      {token::http_protocol_error, 503, false, false},
      {token::http_response_timeout, 0, false, false},
      {token::http_response_timeout, 200, false, false},
      {token::http_response_header_section_size, 0, false, false},
      {token::http_response_body_size, 502, false, false},
      {token::destination_unavailable, 0, false, false},
      {token::connection_limit_reached, 0, false, false},
      {token::proxy_internal_error, 0, false, false},
      {token::proxy_configuration_error, 0, false, false},
      {token::none, 200, false, false},
      {token::none, 404, false, false},
      {token::none, 408, false, false},
      {token::none, 425, false, false},
      {token::none, 429, false, false},
      {token::none, 500, false, false},
      {token::none, 501, false, false},
      {token::none, 502, true, false},
      {token::none, 503, true, false},
      {token::none, 504, true, false},
      {token::none, 505, false, false},
      {token::http_response_status, 503, true, false},
      {token::http_response_status, 500, false, false},
  };
  for (const auto& each : rows) {
    INFO(to_string(each.error) << ' ' << each.status);
    for (const auto* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
      CHECK(worth_retrying(each.error, each.status, method, false) == each.get);
      // At most once: only what was not sent, as if the method were POST.
      CHECK(worth_retrying(each.error, each.status, method, false, true) == each.post);
    }
    for (const auto* method : {"POST", "PATCH", "CONNECT", "get", ""}) {
      CHECK(worth_retrying(each.error, each.status, method, false) == each.post);
    }
  }
}

TEST_CASE("429 is tried again only when it names a time", "[retry_policy]") {
  CHECK(worth_retrying(token::none, 429, "GET", true));
  CHECK(worth_retrying(token::http_response_status, 429, "GET", true));
  CHECK_FALSE(worth_retrying(token::http_response_status, 429, "GET", false));
  CHECK_FALSE(worth_retrying(token::none, 429, "POST", true));
  CHECK_FALSE(worth_retrying(token::destination_unavailable, 0, "GET", true));
  CHECK_FALSE(worth_retrying(token::none, 404, "GET", true));
  CHECK_FALSE(worth_retrying(token::none, 429, "GET", true, true));
}

TEST_CASE("the delay is a random share of a limit that doubles", "[retry_policy]") {
  struct row {
    std::chrono::milliseconds base;
    std::chrono::milliseconds longest;
    std::size_t retry;
    double random;
    std::chrono::milliseconds delay;
  };
  const std::vector<row> rows = {
      {25ms, 250ms, 0, 0.0, 0ms},   {25ms, 250ms, 0, 0.5, 12ms},  {25ms, 250ms, 0, 0.999, 24ms},
      {25ms, 250ms, 1, 0.5, 25ms},  {25ms, 250ms, 2, 0.5, 50ms},  {25ms, 250ms, 3, 0.5, 100ms},
      {25ms, 250ms, 4, 0.5, 125ms}, {25ms, 250ms, 5, 0.5, 125ms}, {25ms, 250ms, 1000, 0.5, 125ms},
      {25ms, 10ms, 0, 0.5, 5ms},    {0ms, 250ms, 70, 0.5, 0ms},   {25ms, 0ms, 3, 0.5, 0ms},
      {25ms, 250ms, 0, -3, 0ms},    {25ms, 250ms, 0, 7, 25ms},
  };
  for (const auto& each : rows) {
    INFO(each.base.count() << " ms, retry " << each.retry << ", random " << each.random);
    retry_settings settings;
    settings.base_delay = each.base;
    settings.max_delay = each.longest;
    CHECK(retry_delay(settings, each.retry, each.random) == each.delay);
  }
  retry_settings vast;
  vast.base_delay = vast.max_delay = std::chrono::milliseconds::max();
  CHECK(retry_delay(vast, 5, 0.5) > 0ms);
}

TEST_CASE("a retry that would have too little time is not made", "[retry_policy]") {
  struct row {
    optional_ms retry_after;
    std::chrono::milliseconds left;
    optional_ms wait;
  };
  // Without a wish of the upstream the delay is 12 ms; an attempt needs 10 ms.
  const std::vector<row> rows = {
      {{}, 1s, 12ms},  {{}, 22ms, 12ms}, {{}, 21ms, {}},    {{}, 5ms, {}},      {{}, 0ms, {}},
      {{}, -1h, {}},   {0ms, 10ms, 0ms}, {0ms, 9ms, {}},    {500ms, 1s, 500ms}, {990ms, 1s, 990ms},
      {991ms, 1s, {}}, {24h, 3s, {}},    {-5ms, 10ms, 0ms},
  };
  for (const auto& each : rows) {
    INFO(each.left.count() << " ms left");
    const auto at = retry_at({}, 0, 0.5, each.retry_after, failed_at, failed_at + each.left, 10ms);
    REQUIRE(at.has_value() == each.wait.has_value());
    if (at) CHECK(*at - failed_at == *each.wait);
  }
  CHECK(retry_at({}, 0, 0.5, {}, failed_at, steady_time::max(), 10ms) == failed_at + 12ms);
}

}  // namespace tributary::actors::guards
