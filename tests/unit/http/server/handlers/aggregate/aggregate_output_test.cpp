// SPDX-License-Identifier: MIT
#include "http/server/handlers/aggregate/aggregate_output.hpp"

#include "actors/telemetry/logging.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::server {

using namespace std::chrono_literals;
using actors::aggregation::aggregate_reply;
using actors::aggregation::cache_verdict;
using actors::aggregation::strictness;
using actors::cache::cached_answer;

namespace {

const steady_time sent_at{1h};

/// A complete answer that was gathered twelve seconds ago and is fresh for thirty more.
cached_answer fresh_answer() {
  cached_answer result;
  result.body = {wire::byte_slice::literal(R"({"a":)"), wire::byte_slice::literal("1}")};
  result.etag = "\"e1\"";
  result.aggregate_status = "a";
  result.stored_at = sent_at - 12s;
  result.expires_at = sent_at + 30s;
  return result;
}

aggregate_reply complete_reply(const cache_verdict& cache, cached_answer answer = fresh_answer()) {
  aggregate_reply result;
  result.complete = actors::cache::share(std::move(answer));
  result.cache = cache;
  return result;
}

response aggregate_response(aggregate_reply reply, const request& asked = {},
                            strictness handling = strictness::unsaid) {
  return render_aggregate(asked, std::move(reply), handling, sent_at);
}

request with_fields(std::vector<header_field> fields) {
  request result;
  result.headers = std::move(fields);
  return result;
}

std::string whole_body(const response& answer) {
  std::string result;
  for (const auto& slice : answer.body) result += slice.view();
  return result;
}

/// The value of a field; `-` when there is none.
std::string value_of(const response& answer, const std::string& name) {
  const auto lines = "\r\n" + answer.headers;
  const auto found = lines.find("\r\n" + name + ": ");
  if (found == std::string::npos) return "-";
  const auto begin = found + name.size() + 4;
  return lines.substr(begin, lines.find("\r\n", begin) - begin);
}

/// The program's log, running at a level and written nowhere.
class log_at {
 public:
  explicit log_at(config::log_level level) {
    actors::telemetry::log().start({.level = level, .queue = 16}, [](std::string_view) {});
  }
  ~log_at() { actors::telemetry::log().stop(); }
  log_at(const log_at&) = delete;
  log_at& operator=(const log_at&) = delete;
};

}  // namespace

TEST_CASE("a complete aggregate is sent with its account, its freshness and its entity tag") {
  const auto reply = complete_reply({.used = true, .stored = true});
  const auto answer = aggregate_response(reply);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  CHECK(answer.headers ==
        "Aggregate-Status: a\r\n"
        "Aggregate-Complete: ?1\r\n"
        "Cache-Status: tributary; fwd=uri-miss; stored\r\n"
        "Cache-Control: private, max-age=30\r\n"
        "ETag: \"e1\"\r\n"
        "Vary: Prefer\r\n");
  CHECK(whole_body(answer) == R"({"a":1})");
  CHECK(answer.body_owner == reply.complete);
  CHECK_FALSE(answer.close);
}

TEST_CASE("an aggregate's fields tell what the cache did") {
  struct row {
    cache_verdict cache;
    std::string status;
    std::string control;
    std::string age;
  };
  const std::string kept = "private, max-age=30";
  const std::string not_kept = "no-store";
  const auto given = GENERATE_COPY(values<row>({
      {{}, "tributary; fwd=bypass", not_kept, "-"},
      {{.used = true}, "tributary; fwd=uri-miss", not_kept, "-"},
      {{.used = true, .stored = true}, "tributary; fwd=uri-miss; stored", kept, "-"},
      {{.used = true, .collapsed = true}, "tributary; fwd=uri-miss; collapsed", not_kept, "-"},
      {{.used = true, .stored = true, .collapsed = true},
       "tributary; fwd=uri-miss; stored; collapsed",
       kept,
       "-"},
      {{.used = true, .hit = true}, "tributary; hit; ttl=30", kept, "12"},
      {{.used = true, .hit = true, .redis = true},
       "tributary; hit; ttl=30; detail=redis",
       kept,
       "12"},
  }));
  CAPTURE(given.status);
  const auto answer = aggregate_response(complete_reply(given.cache));
  CHECK(value_of(answer, "Cache-Status") == given.status);
  CHECK(value_of(answer, "Cache-Control") == given.control);
  CHECK(value_of(answer, "Age") == given.age);
}

TEST_CASE("an aggregate's times are whole seconds, rounded down and never negative") {
  struct row {
    std::chrono::milliseconds stored_ago;
    std::chrono::milliseconds fresh_for;
    std::string age;
    std::string ttl;
  };
  const auto given = GENERATE(values<row>({
      {0ms, 0ms, "0", "0"},
      {999ms, 999ms, "0", "0"},
      {1'999ms, 29'999ms, "1", "29"},
      {2'000ms, 30'000ms, "2", "30"},
      {-1ms, -1ms, "0", "0"},
      {-5s, -5s, "0", "0"},
      {48h, 24h, "172800", "86400"},
  }));
  CAPTURE(given.age, given.ttl);
  auto kept = fresh_answer();
  kept.stored_at = sent_at - given.stored_ago;
  kept.expires_at = sent_at + given.fresh_for;
  const auto answer = aggregate_response(complete_reply({.used = true, .hit = true}, kept));
  CHECK(value_of(answer, "Age") == given.age);
  CHECK(value_of(answer, "Cache-Control") == "private, max-age=" + given.ttl);
  CHECK(value_of(answer, "Cache-Status") == "tributary; hit; ttl=" + given.ttl);
}

TEST_CASE("a complete aggregate says that strictness was applied, when it was asked for") {
  const auto reply = complete_reply({});
  CHECK(value_of(aggregate_response(reply, {}, strictness::strict), "Preference-Applied") ==
        "handling=strict");
  CHECK(value_of(aggregate_response(reply, {}, strictness::lenient), "Preference-Applied") == "-");
  CHECK(value_of(aggregate_response(reply, {}, strictness::unsaid), "Preference-Applied") == "-");
}

TEST_CASE("a client that has the aggregate already gets the fields alone") {
  struct row {
    std::vector<header_field> fields;
    bool has_it;
  };
  const auto given = GENERATE(values<row>({
      {{}, false},
      {{{"If-None-Match", ""}}, false},
      {{{"If-None-Match", "\"e2\""}}, false},
      {{{"If-None-Match", "e1"}}, false},
      {{{"If-Match", "\"e1\""}}, false},
      {{{"If-None-Match", "\"e1\""}}, true},
      {{{"if-none-match", "W/\"e1\""}}, true},
      {{{"If-None-Match", "\"e2\", \"e1\""}}, true},
      {{{"If-None-Match", "*"}}, true},
      {{{"If-None-Match", "\"e2\""}, {"If-None-Match", "\"e1\""}}, true},
      {{{"If-None-Match", "\"e1\""}, {"If-None-Match", "\"e2\""}}, true},
  }));
  CAPTURE(given.fields.size(), given.has_it);
  const auto reply = complete_reply({.used = true, .hit = true});
  const auto plain = aggregate_response(reply);
  const auto answer = aggregate_response(reply, with_fields(given.fields));
  CHECK(answer.headers == plain.headers);
  CHECK(answer.status == (given.has_it ? 304 : 200));
  CHECK(answer.content_type == (given.has_it ? "" : "application/json"));
  CHECK(whole_body(answer) == (given.has_it ? "" : R"({"a":1})"));
  CHECK((answer.body_owner == nullptr) == given.has_it);
}

TEST_CASE("HEAD of an aggregate is rendered as GET is, with the size of its body") {
  auto asked = with_fields({});
  asked.is_head = true;
  const auto reply = complete_reply({.used = true, .hit = true});
  const auto answer = aggregate_response(reply, asked);
  CHECK(answer.status == 200);
  CHECK(answer.headers == aggregate_response(reply).headers);
  CHECK(answer.body_size() == 7);
  asked.headers = {{"If-None-Match", "\"e1\""}};
  CHECK(aggregate_response(reply, asked).status == 304);
}

TEST_CASE("a partial aggregate tells what is missing and is not kept") {
  aggregate_reply reply;
  reply.cache.used = true;
  reply.judged.kind = actors::aggregation::answer_kind::partial;
  reply.judged.aggregate_status = "a, b;error=connection_refused";
  reply.judged.aggregate_complete = "?0";
  reply.judged.cache_control = "no-store";
  reply.judged.body.push_back(wire::byte_slice::literal(R"({"a":1,)"));
  reply.judged.body.push_back(wire::byte_slice::literal(R"("b":null})"));
  // Not even for a client that has it: this answer has no entity tag.
  const auto answer = aggregate_response(std::move(reply), with_fields({{"If-None-Match", "*"}}));
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  CHECK(answer.headers ==
        "Aggregate-Status: a, b;error=connection_refused\r\n"
        "Aggregate-Complete: ?0\r\n"
        "Cache-Status: tributary; fwd=uri-miss\r\n"
        "Cache-Control: no-store\r\n"
        "Vary: Prefer\r\n");
  CHECK(whole_body(answer) == R"({"a":1,"b":null})");
}

TEST_CASE("a strict caller gets problem details, why, and when to come again") {
  aggregate_reply reply;
  reply.cache = {.used = true, .collapsed = true};
  auto& judged = reply.judged;
  judged.status = 503;
  judged.kind = actors::aggregation::answer_kind::failed;
  judged.content_type = "application/problem+json";
  judged.aggregate_status = "a;error=destination_unavailable";
  judged.aggregate_complete = "?0";
  judged.proxy_status = "tributary; error=destination_unavailable";
  judged.retry_after = 0;
  judged.preference_applied = "handling=strict";
  judged.body.push_back(wire::byte_slice::literal(R"({"status":503})"));
  const auto answer = aggregate_response(std::move(reply), {}, strictness::strict);
  CHECK(answer.status == 503);
  CHECK(answer.content_type == "application/problem+json");
  CHECK(answer.headers ==
        "Aggregate-Status: a;error=destination_unavailable\r\n"
        "Aggregate-Complete: ?0\r\n"
        "Cache-Status: tributary; fwd=uri-miss; collapsed\r\n"
        "Cache-Control: no-store\r\n"
        "Proxy-Status: tributary; error=destination_unavailable\r\n"
        "Retry-After: 0\r\n"
        "Vary: Prefer\r\n"
        "Preference-Applied: handling=strict\r\n");
  CHECK(whole_body(answer) == R"({"status":503})");
}

TEST_CASE("a refusal of an aggregate has only the fields that say something") {
  aggregate_reply reply;
  reply.judged.status = 400;
  reply.judged.content_type = "application/problem+json";
  const auto answer = aggregate_response(std::move(reply));
  CHECK(answer.status == 400);
  CHECK(answer.headers ==
        "Cache-Status: tributary; fwd=bypass\r\n"
        "Cache-Control: no-store\r\n"
        "Vary: Prefer\r\n");
  CHECK(answer.body.empty());
}

TEST_CASE("the access log hears of an aggregate's parts and cache where it is written") {
  struct row {
    cache_verdict cache;
    std::string word;
  };
  const auto given = GENERATE(values<row>({
      {{}, ""},
      {{.used = true}, "miss"},
      {{.used = true, .stored = true}, "miss"},
      {{.used = true, .collapsed = true}, "collapsed"},
      {{.used = true, .hit = true}, "hit"},
  }));
  CAPTURE(given.word);
  aggregate_reply partial;
  partial.cache = given.cache;
  partial.judged.aggregate_status = "a, b;error=connection_refused";
  {
    const log_at info{config::log_level::info};
    const auto complete = aggregate_response(complete_reply(given.cache));
    CHECK(complete.log_parts == "a");
    CHECK(complete.log_cache == given.word);
    const auto answer = aggregate_response(partial);
    CHECK(answer.log_parts == "a, b;error=connection_refused");
    CHECK(answer.log_cache == given.word);
  }
  const log_at warning{config::log_level::warning};
  const auto answer = aggregate_response(partial);
  CHECK(answer.log_parts.empty());
  CHECK(answer.log_cache.empty());
}

}  // namespace tributary::http::server
