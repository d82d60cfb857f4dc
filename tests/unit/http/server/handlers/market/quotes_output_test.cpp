// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quotes_output.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tributary::http::server {

using namespace std::chrono_literals;
using actors::market::quotes_reply;
using providers::market::error_kind;
using providers::market::failure;

namespace {

const steady_time now{1h};

actors::market::quote_ptr aged_quote(std::string symbol, std::chrono::milliseconds age) {
  auto made = std::make_shared<actors::market::published_quote>();
  made->json = R"({"symbol":")" + symbol + R"("})";
  made->fetched = now - age;
  return made;
}

failure failure_of(error_kind kind, std::optional<std::chrono::milliseconds> retry = {}) {
  return {kind, "AAPL", "why \"not\"", retry};
}

std::string body_text(const response& answer) {
  std::string result;
  for (const auto& slice : answer.body) result += slice.view();
  return result;
}

response rendered(const quotes_reply& reply) { return render_quotes({}, reply, 300s, now); }

}  // namespace

TEST_CASE("quotes are answered as they are, in their order, beside the errors of the others") {
  quotes_reply reply;
  reply.hit = true;
  reply.quotes = {{aged_quote("B", 2'900ms)}, {aged_quote("A", 0ms)}};
  reply.errors = {failure_of(error_kind::no_data)};
  const auto answer = rendered(reply);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  REQUIRE(answer.body.size() == 1);
  CHECK(body_text(answer) ==
        R"({"quotes":[{"symbol":"B"},{"symbol":"A"}],)"
        R"("errors":[{"symbol":"AAPL","kind":"no_data","detail":"why \"not\""}]})");
  CHECK(answer.headers ==
        "Cache-Status: tributary; hit; ttl=298\r\nCache-Control: no-cache\r\nAge: 2\r\n");
  CHECK(cache_word_of(reply) == "hit");
}

TEST_CASE("a stale quote is the same object with a mark and its age") {
  quotes_reply reply;
  reply.quotes = {{aged_quote("A", 0ms)}, {aged_quote("B", 400'999ms), true}};
  auto answer = rendered(reply);
  CHECK(body_text(answer) ==
        R"({"quotes":[{"symbol":"A"},{"symbol":"B","stale":true,"age_seconds":400}],"errors":[]})");
  CHECK_THAT(answer.headers, Catch::StartsWith("Cache-Status: tributary; fwd=stale\r\n"));
  CHECK_THAT(answer.headers, Catch::Contains("Age: 400\r\n"));
  reply.hit = true;
  answer = rendered(reply);
  CHECK_THAT(answer.headers, Catch::StartsWith("Cache-Status: tributary; hit; ttl=-100\r\n"));
  CHECK(cache_word_of(reply) == "stale");
}

TEST_CASE("quotes that had to be fetched are a miss") {
  quotes_reply reply;
  reply.quotes = {{aged_quote("A", -1ms)}};  // fetched after `now` was read
  const auto answer = rendered(reply);
  CHECK(answer.headers ==
        "Cache-Status: tributary; fwd=miss\r\nCache-Control: no-cache\r\nAge: 0\r\n");
  CHECK(body_text(answer) == R"({"quotes":[{"symbol":"A"}],"errors":[]})");
}

TEST_CASE("without any quote the errors decide what the client is told") {
  struct row {
    std::vector<failure> errors;
    int status;
    std::string retry_after;
  };
  using kind = error_kind;
  const auto given = GENERATE(values<row>({
      {{failure_of(kind::not_found)}, 404, ""},
      {{failure_of(kind::no_data), failure_of(kind::not_found)}, 404, ""},
      {{failure_of(kind::not_found), failure_of(kind::unavailable)}, 503, "5"},
      {{failure_of(kind::rate_limited)}, 503, "5"},
      {{failure_of(kind::rate_limited, 59'001ms)}, 503, "60"},
      {{failure_of(kind::rate_limited, 0ms)}, 503, "1"},
      {{failure_of(kind::rate_limited, 90s), failure_of(kind::unavailable, 20s)}, 503, "20"},
      {{failure_of(kind::rate_limited, 90s), failure_of(kind::unavailable)}, 503, "5"},
      {{failure_of(kind::unavailable), failure_of(kind::rate_limited, 2s)}, 503, "2"},
      {{failure_of(kind::auth, 1s), failure_of(kind::rate_limited, 90s)}, 503, "90"},
      {{failure_of(kind::auth)}, 502, ""},
      {{failure_of(kind::not_found), failure_of(kind::not_entitled)}, 502, ""},
      {{failure_of(kind::bad_request)}, 502, ""},
      {{failure_of(kind::malformed)}, 502, ""},
      {{}, 502, ""},
  }));
  quotes_reply reply;
  reply.errors = given.errors;
  const auto answer = rendered(reply);
  CAPTURE(body_text(answer));
  CHECK(answer.status == given.status);
  CHECK(answer.content_type == "application/problem+json");
  CHECK_THAT(answer.headers, Catch::Contains("Cache-Control: no-store\r\n"));
  const auto retry = answer.headers.find("Retry-After: ");
  if (given.retry_after.empty()) {
    CHECK(retry == std::string::npos);
  } else {
    CHECK_THAT(answer.headers, Catch::Contains("Retry-After: " + given.retry_after + "\r\n"));
    CHECK_THAT(body_text(answer), Catch::Contains("\"retry_after\":" + given.retry_after + "}"));
  }
  CHECK_THAT(body_text(answer), Catch::Contains(R"("quotes":[],"errors":[)"));
  if (!given.errors.empty()) {
    CHECK_THAT(body_text(answer), Catch::EndsWith(R"("detail":"why \"not\""}]})"));
  }
}

}  // namespace tributary::http::server
