// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_webhook.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace tributary::providers::vendors {

namespace {

using http::wire::shared_bytes;

constexpr std::string_view sent_id = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

vendor_webhook read(std::string_view body) {
  INFO(body);
  auto result = parse_vendor_webhook(shared_bytes{body});
  const auto* refused = std::get_if<webhook_refusal>(&result);
  INFO((refused == nullptr ? "" : refused->detail));
  REQUIRE(refused == nullptr);
  return std::get<vendor_webhook>(std::move(result));
}

webhook_refusal refusal_of(std::string_view body) {
  INFO(body);
  auto result = parse_vendor_webhook(shared_bytes{body});
  REQUIRE(std::holds_alternative<webhook_refusal>(result));
  return std::get<webhook_refusal>(std::move(result));
}

/// A body about the job of `sent_id` with `rest` behind it.
std::string about(std::string_view rest) {
  return R"({"job_id":")" + std::string{sent_id} + "\"," + std::string{rest} + '}';
}

vendor_webhook::failed failure_in(std::string_view rest) {
  return std::get<vendor_webhook::failed>(read(about(rest)).what);
}

}  // namespace

TEST_CASE("data ends a job, as it is spelled", "[vendors]") {
  const auto webhook = read(about(R"( "data" : { "n": 1.50e400,  "n":2 } ,"more":1)"));
  CHECK(webhook.id == jobs::job_id::parse(sent_id));
  CHECK(webhook.reference.empty());
  CHECK(std::get<vendor_webhook::done>(webhook.what).data == R"({ "n": 1.50e400,  "n":2 })");
  for (const auto* value : {"null", "0", "\"\"", "[]", "false"}) {
    INFO(value);
    const auto plain = read(about("\"data\":" + std::string{value}));
    CHECK(std::get<vendor_webhook::done>(plain.what).data == value);
  }
}

TEST_CASE("a job is named by its id in any letter case, by a reference, or by both", "[vendors]") {
  CHECK(read(R"({"job_id":"0192F3A4-5B6C-7D8E-9F01-23456789ABCD","data":1})").id ==
        jobs::job_id::parse(sent_id));
  const auto other = read(R"({"reference":"av-\u00e4","data":1})");
  CHECK_FALSE(other.id);
  CHECK(other.reference == "av-\xc3\xa4");
  const auto both = read(about(R"("reference":"av-1","data":1)"));
  CHECK(both.id);
  CHECK(both.reference == "av-1");
  const auto first_null = read(R"({"job_id":null,"reference":"av-1","data":1})");
  CHECK_FALSE(first_null.id);
  CHECK(first_null.reference == "av-1");
}

TEST_CASE("a failure has the vendor's words, and is for good unless the vendor says otherwise",
          "[vendors]") {
  const auto full =
      failure_in(R"("status":"failed","error":{"message":"no \"x\"","retryable":true})");
  CHECK(full.message == "no \"x\"");
  CHECK(full.retryable);
  const auto final = failure_in(R"("status":"failed","error":{"message":"m","retryable":false})");
  CHECK(final.message == "m");
  CHECK_FALSE(final.retryable);
  for (const auto* rest : {R"("status":"failed")", R"("status":"failed","error":null)",
                           R"("status":"failed","error":{})",
                           R"("status":"failed","error":{"message":null,"retryable":null})",
                           R"("status":"failed","data":1)"}) {
    INFO(rest);
    CHECK(failure_in(rest).message.empty());
    CHECK_FALSE(failure_in(rest).retryable);
  }
}

TEST_CASE("progress is any JSON", "[vendors]") {
  const auto webhook =
      read(about(R"("status":"progress","progress":{ "percent": 50.0 },"data":1)"));
  CHECK(std::get<vendor_webhook::progress>(webhook.what).value == R"({ "percent": 50.0 })");
  const auto none = read(about(R"("status":"progress","progress":null)"));
  CHECK(std::get<vendor_webhook::progress>(none.what).value == "null");
}

TEST_CASE("of two members with one name the last counts", "[vendors]") {
  const auto webhook = read(about(R"("d\u0061ta":1,"status":"failed","status":"progress",)"
                                  R"("progress":1,"progress":2)"));
  CHECK(std::get<vendor_webhook::progress>(webhook.what).value == "2");
  CHECK(std::get<vendor_webhook::done>(read(about(R"("data":1,"d\u0061ta":2)")).what).data == "2");
}

TEST_CASE("what is not JSON is told where", "[vendors]") {
  for (const auto* body :
       {"", "data", "{\"data\":1", "{'data':1}", "{\"data\":01}", "{}{}", "{\"data\":\"\xff\"}"}) {
    INFO(body);
    const auto refused = refusal_of(body);
    CHECK(refused.what == webhook_refusal::kind::not_json);
    CHECK_THAT(refused.detail, Catch::Contains(" at byte "));
  }
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += '[';
  CHECK(refusal_of(deep).what == webhook_refusal::kind::not_json);
}

TEST_CASE("what is JSON and no webhook is told why", "[vendors]") {
  struct row {
    std::string body;
    std::string_view why;
  };
  const auto long_reference = R"({"data":1,"reference":")" + std::string(129, 'x') + "\"}";
  const row rows[] = {
      {"[]", "the body is not an object"},
      {"\"x\"", "the body is not an object"},
      {"{}", "`job_id` or `reference` is missing"},
      {R"({"data":1})", "`job_id` or `reference` is missing"},
      {R"({"job_id":null,"reference":null,"data":1})", "`job_id` or `reference` is missing"},
      {R"({"job_id":"7","data":1})", "`job_id` is not a UUID"},
      {R"({"job_id":7,"data":1})", "`job_id` is not a UUID"},
      {R"({"job_id":{},"reference":"a","data":1})", "`job_id` is not a UUID"},
      {R"({"job_id":"","reference":"a","data":1})", "`job_id` is not a UUID"},
      {R"({"reference":"","data":1})", "`reference` is not a string of 1 to 128 characters"},
      {R"({"reference":7,"data":1})", "`reference` is not a string of 1 to 128 characters"},
      {R"({"reference":"\u0000","data":1})", "`reference` is not a string of 1 to 128 characters"},
      {long_reference, "`reference` is not a string of 1 to 128 characters"},
      {R"({"reference":"a"})", "`data` is missing"},
      {R"({"reference":"a","progress":1})", "`data` is missing"},
      {R"({"reference":"a","status":"done","data":1})",
       "`status` is neither `failed` nor `progress`"},
      {R"({"reference":"a","status":"Failed"})", "`status` is neither `failed` nor `progress`"},
      {R"({"reference":"a","status":null,"data":1})",
       "`status` is neither `failed` nor `progress`"},
      {R"({"reference":"a","status":7,"data":1})", "`status` is neither `failed` nor `progress`"},
      {R"({"reference":"a","status":"progress"})", "`progress` is missing"},
      {R"({"reference":"a","status":"failed","error":"bad"})", "`error` is not an object"},
      {R"({"reference":"a","status":"failed","error":{"message":1}})",
       "`error.message` is not a string"},
      {R"({"reference":"a","status":"failed","error":{"retryable":"true"}})",
       "`error.retryable` is neither true nor false"},
  };
  for (const auto& row : rows) {
    INFO(row.body);
    const auto refused = refusal_of(row.body);
    CHECK(refused.what == webhook_refusal::kind::malformed);
    CHECK(refused.detail == row.why);
  }
}

}  // namespace tributary::providers::vendors
