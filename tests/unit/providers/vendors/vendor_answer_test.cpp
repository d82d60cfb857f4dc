// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_answer.hpp"

#include "providers/vendors/vendor_reference.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::vendors {

using namespace std::chrono_literals;
using http::wire::error_token;
using http::wire::shared_bytes;
using std::chrono::milliseconds;

namespace {

/// Sun, 06 Nov 1994 08:49:37 GMT.
const std::chrono::system_clock::time_point now{784111777s};

call_end answer_of(int status, std::string_view body, std::string_view fields = {}) {
  call_end result;
  result.status = status;
  result.body = shared_bytes{body};
  result.header_block = fields;
  return result;
}

call_end error_of(error_token token, std::string_view detail = {}, int status = 0) {
  call_end result;
  result.error = token;
  result.detail = detail;
  result.status = status;
  return result;
}

vendor_verdict judge(const call_end& end, answers_by kind = answers_by::response) {
  return judge_answer(kind, end, now);
}

/// The reference that is kept of an acceptance.
std::string reference_in(std::string_view body) {
  return std::get<vendor_accepted>(judge(answer_of(202, body), answers_by::webhook)).reference;
}

std::optional<milliseconds> wait_asked(std::string_view fields) {
  return std::get<vendor_retry>(judge(answer_of(503, "", fields))).retry_after;
}

look_up_verdict look_up(const call_end& end) { return judge_look_up(end, now); }

}  // namespace

TEST_CASE("JSON with any 2xx is the result, as it is spelled", "[vendors]") {
  for (const auto status : {200, 201, 202, 203, 299}) {
    INFO(status);
    const auto verdict = judge(answer_of(status, " { \"n\": 1.50e400, \"n\":2 }\r\n"));
    CHECK(std::get<vendor_done>(verdict).data == "{ \"n\": 1.50e400, \"n\":2 }");
  }
  CHECK(std::get<vendor_done>(judge(answer_of(200, "\xef\xbb\xbfnull"))).data == "null");
}

TEST_CASE("JSON of a vendor that answers by webhook is an acceptance", "[vendors]") {
  CHECK(reference_in(R"({"status":"accepted","reference":"av-1"})") == "av-1");
  CHECK(reference_in(R"({"reference":"a","\u0072eference":"b\u00e4"})") == "b\xc3\xa4");
  CHECK(reference_in(R"({"reference":")" + std::string(128, 'x') + R"("})").size() == 128);
  CHECK(reference_in("[1]").empty());
  CHECK(reference_in("{}").empty());
}

TEST_CASE("a reference that cannot be kept is none, and the job is accepted all the same",
          "[vendors]") {
  for (const auto& value : {std::string{"1"}, std::string{"null"}, std::string{R"("")"},
                            std::string{R"({"a":"b"})"}, std::string{R"("a\u0000b")"},
                            std::string{R"("\ud800")"}, '"' + std::string(129, 'x') + '"'}) {
    INFO(value);
    CHECK(reference_in(R"({"reference":)" + value + '}').empty());
  }
  // Characters are counted, not bytes.
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "\xc3\xa4";
  CHECK(reference_in(R"({"reference":")" + umlauts + R"("})") == umlauts);
}

TEST_CASE("what passes is tried again, whatever its body is", "[vendors]") {
  for (const auto kind : {answers_by::response, answers_by::webhook}) {
    for (const auto status : {408, 425, 429, 500, 502, 503, 504}) {
      INFO(status);
      const auto verdict = judge(answer_of(status, R"({"error":"secret"})"), kind);
      const auto* retry = std::get_if<vendor_retry>(&verdict);
      REQUIRE(retry != nullptr);
      CHECK(retry->what == failure_class::status);
      CHECK(retry->status == status);
      CHECK(retry->message == "the vendor answered " + std::to_string(status));
      CHECK_FALSE(retry->retry_after);
    }
  }
}

TEST_CASE("success without JSON is tried again", "[vendors]") {
  for (const auto* body : {"", " ", "<html>", "{\"a\":1", "{}{}", "\"\xff\"", "{'a':1}"}) {
    INFO(body);
    const auto verdict = judge(answer_of(200, body));
    const auto* retry = std::get_if<vendor_retry>(&verdict);
    REQUIRE(retry != nullptr);
    CHECK(retry->what == failure_class::body);
    CHECK(retry->message == "the vendor answered 200 without JSON");
  }
  CHECK(std::holds_alternative<vendor_retry>(judge(answer_of(204, ""), answers_by::webhook)));
  const auto coded = judge(error_of(error_token::http_protocol_error, "content_encoding_br", 200));
  CHECK(std::get<vendor_retry>(coded).what == failure_class::body);
}

TEST_CASE("any other status is a refusal for good", "[vendors]") {
  for (const auto kind : {answers_by::response, answers_by::webhook}) {
    for (const auto status : {300, 301, 302, 304, 400, 401, 403, 404, 409, 410, 413, 422, 451, 501,
                              505, 511, 599, 600, 999}) {
      INFO(status);
      const auto verdict = judge(answer_of(status, R"({"reference":"x"})"), kind);
      const auto* refused = std::get_if<vendor_refused>(&verdict);
      REQUIRE(refused != nullptr);
      CHECK(refused->what == failure_class::status);
      CHECK(refused->status == status);
      CHECK(refused->message == "the vendor answered " + std::to_string(status));
    }
  }
}

TEST_CASE("a body over 10 MiB is a refusal, and one of 10 MiB is not", "[vendors]") {
  const auto body_of = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
  CHECK(std::holds_alternative<vendor_done>(judge(answer_of(200, body_of(10 << 20)))));
  const auto over = judge(answer_of(200, body_of((10 << 20) + 1)));
  CHECK(std::get<vendor_refused>(over).what == failure_class::too_large);
  const auto stopped = judge(error_of(error_token::http_response_body_size, "body_size"));
  CHECK(std::get<vendor_refused>(stopped).what == failure_class::too_large);
  // The error page of a proxy may be as long as it likes.
  const auto page = judge(error_of(error_token::http_response_body_size, "body_size", 503));
  CHECK(std::get<vendor_retry>(page).what == failure_class::status);
}

TEST_CASE("without a connection nothing was sent, and the job is tried again", "[vendors]") {
  for (const auto token :
       {error_token::dns_error, error_token::dns_timeout, error_token::connection_refused,
        error_token::connection_timeout, error_token::tls_certificate_error,
        error_token::proxy_configuration_error}) {
    INFO(to_string(token));
    const auto verdict = judge(error_of(token));
    const auto* retry = std::get_if<vendor_retry>(&verdict);
    REQUIRE(retry != nullptr);
    CHECK(retry->what == failure_class::connect);
    CHECK(retry->status == 0);
    CHECK(retry->message == "no answer: " + std::string{to_string(token)});
  }
}

TEST_CASE("once bytes may have been sent, nobody knows what came of it", "[vendors]") {
  struct row {
    error_token token;
    failure_class what;
  };
  for (const auto& row :
       std::vector<row>{{error_token::connection_terminated, failure_class::reset},
                        {error_token::http_response_incomplete, failure_class::reset},
                        {error_token::tls_protocol_error, failure_class::reset},
                        {error_token::http_response_timeout, failure_class::timeout},
                        {error_token::http_protocol_error, failure_class::protocol},
                        {error_token::http_response_header_section_size, failure_class::protocol},
                        {error_token::proxy_internal_error, failure_class::internal}}) {
    INFO(to_string(row.token));
    const auto verdict = judge(error_of(row.token));
    const auto* unknown = std::get_if<vendor_unknown>(&verdict);
    REQUIRE(unknown != nullptr);
    CHECK(unknown->what == row.what);
    CHECK(unknown->message == "no answer: " + std::string{to_string(row.token)});
  }
}

TEST_CASE("a call that was held back on this side has asked nobody", "[vendors]") {
  auto end = error_of(error_token::destination_unavailable, "breaker_open");
  end.wait = 250ms;
  const auto open = judge(end);
  CHECK(std::get<vendor_not_asked>(open).detail == "breaker_open");
  CHECK(std::get<vendor_not_asked>(open).wait == 250ms);
  const auto full = judge(error_of(error_token::connection_limit_reached, "bulkhead_full"));
  CHECK(std::get<vendor_not_asked>(full).detail == "bulkhead_full");
  CHECK_FALSE(std::get<vendor_not_asked>(full).wait);
  const auto late = judge(error_of(error_token::http_response_timeout, "no_time_left"));
  CHECK(std::get<vendor_not_asked>(late).detail == "no_time_left");
}

TEST_CASE("every error token has a verdict that is no success", "[vendors]") {
  for (const auto& each : http::wire::error_types) {
    if (each.token == error_token::none) continue;
    INFO(each.name);
    const auto verdict = judge(error_of(each.token, {}, 0));
    CHECK_FALSE(std::holds_alternative<vendor_done>(verdict));
    CHECK_FALSE(std::holds_alternative<vendor_accepted>(verdict));
  }
}

TEST_CASE("Retry-After is read as seconds or a date, and is an hour at most", "[vendors]") {
  CHECK(wait_asked("Retry-After: 7\r\n") == 7s);
  CHECK(wait_asked("X: 1\r\nretry-after:  0 \r\n") == 0s);
  CHECK(wait_asked("Retry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n") == 30s);
  CHECK(wait_asked("Retry-After: Sun, 06 Nov 1994 08:40:00 GMT\r\n") == 0s);
  CHECK(wait_asked("Retry-After: 1000000000\r\n") == 1h);
  CHECK(wait_asked("Retry-After: Sun, 06 Nov 2094 08:49:37 GMT\r\n") == 1h);
  CHECK(wait_asked("Retry-After: soon\r\n") == std::nullopt);
  CHECK(wait_asked("Retry-After: -1\r\n") == std::nullopt);
}

TEST_CASE("a date in Retry-After is compared with the date of the same answer", "[vendors]") {
  CHECK(wait_asked("Date: Sun, 06 Nov 1994 08:00:00 GMT\r\n"
                   "Retry-After: Sun, 06 Nov 1994 08:00:05 GMT\r\n") == 5s);
  CHECK(wait_asked("Date: yesterday\r\n"
                   "Retry-After: Sun, 06 Nov 1994 08:49:42 GMT\r\n") == 5s);
}

TEST_CASE("a vendor that is asked after a job tells its state", "[vendors]") {
  CHECK(std::holds_alternative<vendor_running>(look_up(answer_of(200, R"({"status":"running"})"))));
  CHECK(std::holds_alternative<vendor_failed>(look_up(answer_of(200, R"({"status":"failed"})"))));
  CHECK(std::holds_alternative<vendor_unaware>(look_up(answer_of(404, "not JSON"))));
  const auto done = look_up(answer_of(200, R"({"data": { "n": 1.0 },"status":"done"})"));
  CHECK(std::get<vendor_done>(done).data == R"({ "n": 1.0 })");
  CHECK(std::get<vendor_done>(look_up(answer_of(200, R"({"status":"done"})"))).data == "null");
  CHECK(std::holds_alternative<vendor_running>(
      look_up(answer_of(200, R"({"status":"done","st\u0061tus":"runn\u0069ng"})"))));
}

TEST_CASE("an answer that tells no state is one to ask for again", "[vendors]") {
  for (const auto* body : {R"({"status":"Done"})", R"({"status":7})", R"({"data":1})", "[]",
                           R"("done")", R"({"status":{"a":"done"}})"}) {
    INFO(body);
    const auto verdict = look_up(answer_of(200, body));
    CHECK(std::get<vendor_retry>(verdict).what == failure_class::body);
    CHECK(std::get<vendor_retry>(verdict).message ==
          "the vendor answered 200 without a known status");
  }
  CHECK(std::get<vendor_retry>(look_up(answer_of(200, "x"))).what == failure_class::body);
  for (const auto status : {301, 400, 401, 410, 429, 500, 503}) {
    INFO(status);
    const auto verdict = look_up(answer_of(status, R"({"status":"done"})", "Retry-After: 3\r\n"));
    CHECK(std::get<vendor_retry>(verdict).what == failure_class::status);
    CHECK(std::get<vendor_retry>(verdict).retry_after == 3s);
  }
  const auto large = look_up(error_of(error_token::http_response_body_size));
  CHECK(std::get<vendor_retry>(large).what == failure_class::too_large);
  const auto reset = look_up(error_of(error_token::connection_terminated));
  CHECK(std::get<vendor_retry>(reset).what == failure_class::reset);
  const auto held = look_up(error_of(error_token::destination_unavailable, "backoff"));
  CHECK(std::get<vendor_not_asked>(held).detail == "backoff");
}

TEST_CASE("classes of failures have one word each", "[vendors]") {
  std::string all;
  for (const auto each : {failure_class::connect, failure_class::reset, failure_class::timeout,
                          failure_class::status, failure_class::body, failure_class::too_large,
                          failure_class::protocol, failure_class::internal}) {
    all.append(to_string(each)).append(" ");
  }
  CHECK(all == "connect reset timeout status body too_large protocol internal ");
}

}  // namespace tributary::providers::vendors
