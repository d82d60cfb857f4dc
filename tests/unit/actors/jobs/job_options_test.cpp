// SPDX-License-Identifier: MIT
#include "actors/jobs/job_options.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tributary::actors::jobs {

namespace {

using namespace std::chrono_literals;
using providers::jobs::instant;
using providers::jobs::job_priority;
using providers::jobs::milliseconds;

constexpr instant received_at{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

const option_rules some_rules{{{"sync", 8}, {"async", 3}, {"slow", 5}},
                              {{"/query", "\"slow_report\"", "async"},
                               {"/items/0/n", "1.0", "slow"},
                               {"/0", "true", "slow"},
                               {"/query", "\"slow_report\"", "slow"}},
                              "sync"};

job_request request_of(std::string_view payload, bool in_batch = false) {
  auto result = read_job_request(payload, some_rules, received_at, in_batch);
  INFO(payload);
  REQUIRE(std::holds_alternative<job_request>(result));
  return std::get<job_request>(std::move(result));
}

job_request with_option(std::string_view member, bool in_batch = false) {
  return request_of("{\"_job\":{" + std::string{member} + "}}", in_batch);
}

/// Pointers of what is wrong, each with a blank behind it.
std::string pointers_of(std::string_view member, bool in_batch = false) {
  const auto payload = "{\"_job\":{" + std::string{member} + "}}";
  const auto result = read_job_request(payload, some_rules, received_at, in_batch);
  if (std::holds_alternative<job_request>(result)) return {};
  std::string pointers;
  for (const auto& each : std::get<1>(result)) {
    CHECK_FALSE(each.detail.empty());
    pointers += each.pointer + ' ';
  }
  return pointers;
}

}  // namespace

TEST_CASE("options are taken out of a payload that stays as it came", "[jobs][options]") {
  struct row {
    std::string_view payload;
    std::string_view rest;
  };
  for (const auto& each : std::vector<row>{
           {R"({ "a" : 1.50 , "b":[ ] })", R"({ "a" : 1.50 , "b":[ ] })"},
           {R"({"_job":{}})", "{}"},
           {R"({ "_job" : {} , "a" : 1 })", R"({"a" : 1 })"},
           {R"({ "a" : 1 , "_job" : {} })", R"({ "a" : 1})"},
           {R"({ "a" : 1 , "_job" : {} , "b" : 2 , "c":3 })", R"({ "a" : 1,"b" : 2 , "c":3 })"},
           {R"({"_job":{"priority":"low"},"a":1,"_job":{},"_job":{},"b":2})", R"({"a":1,"b":2})"},
           {R"({"a":{"_job":{"x":1}},"\u005fjob":{}})", R"({"a":{"_job":{"x":1}}})"},
           {R"({"a":1,"a":2})", R"({"a":1,"a":2})"},
           {R"([{"_job":{"x":1}}])", R"([{"_job":{"x":1}}])"},
           {"{}", "{}"},
           {"\"_job\"", "\"_job\""},
           {"-0.0", "-0.0"}}) {
    CHECK(request_of(each.payload).payload == each.rest);
  }
}

TEST_CASE("a job without options has the defaults", "[jobs][options]") {
  const auto result = request_of("{}");
  CHECK(result.vendor == "sync");
  CHECK(result.priority == job_priority::normal);
  CHECK(result.max_attempts == 8);
  CHECK_FALSE(result.run_at);
  CHECK_FALSE(result.expires_at);
  CHECK(result.unique_key.empty());
  CHECK_FALSE(result.unique_for);
  CHECK_FALSE(result.callback);
  CHECK(result.idempotency_key.empty());
}

TEST_CASE("the vendor is the option, else the payload's own, else a rule's", "[jobs][options]") {
  CHECK(request_of(R"({"_job":{"vendor":"slow"},"vendor":"async","query":"slow_report"})").vendor ==
        "slow");
  CHECK(request_of(R"({"vendor":"slow","query":"slow_report"})").vendor == "slow");
  CHECK(request_of(R"({"vendor":"unknown","query":"slow_\u0072eport"})").vendor == "async");
  CHECK(request_of(R"({"vendor":7,"query":"other"})").vendor == "sync");
  CHECK(request_of(R"({"items":[{"n":1.0}]})").vendor == "slow");
  CHECK(request_of(R"({"items":[{"n":1}]})").vendor == "sync");
  CHECK(request_of("[true]").vendor == "slow");
  CHECK(request_of("[\"true\"]").vendor == "sync");
  CHECK(request_of("7").vendor == "sync");
  CHECK(request_of(R"({"vendor":"slow","vendor":"async"})").vendor == "async");
}

TEST_CASE("attempts are the vendor's where the request does not say", "[jobs][options]") {
  CHECK(with_option(R"("vendor":"async")").max_attempts == 3);
  CHECK(with_option(R"("vendor":"async","max_attempts":25)").max_attempts == 25);
  CHECK(with_option(R"("max_attempts":1)").max_attempts == 1);
}

TEST_CASE("the priority is the option, else the payload's own", "[jobs][options]") {
  CHECK(with_option(R"("priority":"bulk")").priority == job_priority::bulk);
  CHECK(request_of(R"({"metadata":{"priority":"high"}})").priority == job_priority::high);
  CHECK(request_of(R"({"metadata":{"priority":"urgent"}})").priority == job_priority::normal);
  CHECK(request_of(R"({"metadata":"high"})").priority == job_priority::normal);
  CHECK(request_of(R"({"_job":{"priority":"low"},"metadata":{"priority":"high"}})").priority ==
        job_priority::low);
}

TEST_CASE("a job starts at an instant or after a delay", "[jobs][options]") {
  CHECK(with_option(R"("run_at":"2026-03-01T00:00:01.2509Z")").run_at == received_at + 1250ms);
  CHECK(with_option(R"("run_at":"2026-03-01T02:00:00+01:00")").run_at == received_at + 1h);
  CHECK(with_option(R"("run_at":"2020-01-01T00:00:00Z")").run_at == std::nullopt);
  CHECK(with_option(R"("run_at":"2026-03-01T00:00:00Z")").run_at == std::nullopt);
  CHECK(with_option(R"("delay":0)").run_at == std::nullopt);
  CHECK(with_option(R"("delay":1.5)").run_at == received_at + 1500ms);
  CHECK(with_option(R"("delay":1e2)").run_at == received_at + 100s);
  CHECK(with_option(R"("delay":"250ms")").run_at == received_at + 250ms);
  CHECK(with_option(R"("delay":"2s")").run_at == received_at + 2s);
  CHECK(with_option(R"("delay":"0.5m")").run_at == received_at + 30s);
  CHECK(with_option(R"("delay":"1h")").run_at == received_at + 1h);
  CHECK(with_option(R"("delay":"366d")").run_at == received_at + 24h * 366);
}

TEST_CASE("a job expires at an instant or after a time", "[jobs][options]") {
  CHECK(with_option(R"("expires_at":"2026-03-01T00:00:00.001Z")").expires_at == received_at + 1ms);
  CHECK(with_option(R"("expires_in":60)").expires_at == received_at + 1min);
  CHECK(with_option(R"("expires_in":"87600h")").expires_at == received_at + 87'600h);
}

TEST_CASE("a job can be unique, and tell its end", "[jobs][options]") {
  const auto unique = with_option(R"("unique_key":"\u00e9 1","unique_for":"5m")");
  CHECK(unique.unique_key == "\xc3\xa9 1");
  CHECK(unique.unique_for == milliseconds{5min});
  const auto told = with_option(R"("callback_url":"https://a.example/x")");
  REQUIRE(told.callback);
  CHECK(told.callback->url == "https://a.example/x");
  CHECK(told.callback->events == providers::jobs::callback_events{false, false, true});
  const auto events =
      with_option(R"("callback_events":["progress" , "started"],"callback_url":"x")");
  REQUIRE(events.callback);
  CHECK(events.callback->events == providers::jobs::callback_events{true, true, false});
  CHECK(with_option(R"("idempotency_key":"a b")", true).idempotency_key == "a b");
}

TEST_CASE("of options with one name the last counts", "[jobs][options]") {
  CHECK(with_option(R"("priority":"x","priority":"low")").priority == job_priority::low);
  CHECK(pointers_of(R"("priority":"low","priority":"x")") == "/_job/priority ");
}

TEST_CASE("whatever is wrong with options is told with its place", "[jobs][options]") {
  struct row {
    std::string member;
    std::string pointers;
  };
  const std::string long_key(256, 'k');
  const std::string digits(400, '9');
  for (const auto& each : std::vector<row>{
           {R"("color":1)", "/_job/color "},
           {R"("a/b~c":1)", "/_job/a~1b~0c "},
           {R"("Vendor":"sync")", "/_job/Vendor "},
           {R"("vendor":"nobody")", "/_job/vendor "},
           {R"("vendor":null)", "/_job/vendor "},
           {R"("vendor":"")", "/_job/vendor "},
           {R"("priority":"High")", "/_job/priority "},
           {R"("priority":1)", "/_job/priority "},
           {R"("run_at":"tomorrow")", "/_job/run_at "},
           {R"("run_at":1767225600)", "/_job/run_at "},
           {R"("run_at":"2026-03-01T00:00:00 01:00")", "/_job/run_at "},
           {R"("run_at":"2027-03-03T00:00:00Z")", "/_job/run_at "},
           {R"("delay":-1)", "/_job/delay "},
           {R"("delay":"-1s")", "/_job/delay "},
           {R"("delay":"5")", "/_job/delay "},
           {R"("delay":"5 s")", "/_job/delay "},
           {R"("delay":"s")", "/_job/delay "},
           {R"("delay":".5s")", "/_job/delay "},
           {R"("delay":"5.s")", "/_job/delay "},
           {R"("delay":"1.2.3s")", "/_job/delay "},
           {R"("delay":"5w")", "/_job/delay "},
           {R"("delay":true)", "/_job/delay "},
           {R"("delay":"367d")", "/_job/delay "},
           {R"("delay":)" + digits, "/_job/delay "},
           {R"("delay":1e999)", "/_job/delay "},
           {R"("delay":1,"run_at":"2026-03-02T00:00:00Z")", "/_job/delay "},
           {R"("expires_at":"2026-03-01T00:00:00Z")", "/_job/expires_at "},
           {R"("expires_in":0)", "/_job/expires_in "},
           {R"("expires_in":[])", "/_job/expires_in "},
           {R"("expires_in":1,"expires_at":"2027-01-01T00:00:00Z")", "/_job/expires_in "},
           {R"("max_attempts":0)", "/_job/max_attempts "},
           {R"("max_attempts":26)", "/_job/max_attempts "},
           {R"("max_attempts":-1)", "/_job/max_attempts "},
           {R"("max_attempts":1.0)", "/_job/max_attempts "},
           {R"("max_attempts":"3")", "/_job/max_attempts "},
           {R"("max_attempts":)" + digits, "/_job/max_attempts "},
           {R"("unique_key":"")", "/_job/unique_key "},
           {R"("unique_key":")" + long_key + '"', "/_job/unique_key "},
           {R"("unique_key":"\ud800")", "/_job/unique_key "},
           {R"("unique_for":1)", "/_job/unique_for "},
           {R"("unique_for":0,"unique_key":"a")", "/_job/unique_for "},
           {R"("callback_url":"")", "/_job/callback_url "},
           {R"("callback_url":")" + std::string(2'049, 'a') + '"', "/_job/callback_url "},
           {R"("callback_url":7)", "/_job/callback_url "},
           {R"("callback_events":["finished"])", "/_job/callback_events "},
           {R"("callback_events":[],"callback_url":"x")", "/_job/callback_events "},
           {R"("callback_events":["done"],"callback_url":"x")", "/_job/callback_events "},
           {R"("callback_events":"finished","callback_url":"x")", "/_job/callback_events "},
           {R"("idempotency_key":"a")", "/_job/idempotency_key "},
           {R"("priority":1,"x":2,"max_attempts":0)",
            "/_job/priority /_job/x /_job/max_attempts "}}) {
    INFO(each.member);
    CHECK(pointers_of(each.member) == each.pointers);
  }
  CHECK(pointers_of(R"("idempotency_key":"\u00e9")", true) == "/_job/idempotency_key ");
  CHECK(pointers_of(R"("idempotency_key":"")", true) == "/_job/idempotency_key ");
  CHECK(pointers_of(R"("idempotency_key":")" + long_key + '"', true) == "/_job/idempotency_key ");
  for (const auto* options : {"null", "[]", "\"x\"", "1"}) {
    const auto result =
        read_job_request("{\"_job\":" + std::string{options} + "}", some_rules, received_at, false);
    REQUIRE(std::holds_alternative<std::vector<option_error>>(result));
    CHECK(std::get<1>(result) == std::vector<option_error>{{"/_job", "must be an object"}});
  }
}

TEST_CASE("the longest values that are allowed pass", "[jobs][options]") {
  CHECK(with_option(R"("unique_key":")" + std::string(255, 'k') + '"').unique_key.size() == 255);
  CHECK(with_option(R"("callback_url":")" + std::string(2'048, 'a') + '"').callback->url.size() ==
        2'048);
  CHECK(with_option(R"("idempotency_key":")" + std::string(255, 'k') + '"', true)
            .idempotency_key.size() == 255);
}

}  // namespace tributary::actors::jobs
