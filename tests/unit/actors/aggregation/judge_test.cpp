// SPDX-License-Identifier: MIT
#include "actors/aggregation/judge.hpp"

#include "fixtures.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tributary::actors::aggregation {

using namespace tests;
using outcomes = std::vector<part_outcome>;
using nlohmann::json;

namespace {

aggregate_answer judged(const plan_ptr& plan, const outcomes& parts, std::uint64_t asked = 7,
                        strictness handling = strictness::unsaid) {
  return judge(*plan, {asked, handling, "req-1"}, parts);
}

json error_of(const aggregate_answer& answer) { return json::parse(text(answer.body)).at("error"); }

const json names(std::initializer_list<const char*> list) {
  auto result = json::array();
  for (auto name : list) result.push_back(name);
  return result;
}

/// One outcome by a letter: t time-out, n no connection, d DNS time-out, b breaker, l bulkhead,
/// 5 status 500, 4 status 404, 9 status 429, j invalid JSON, i internal, + there.
part_outcome by_letter(char c) {
  switch (c) {
    case 't':
      return timed_out();
    case 'n':
      return broken();
    case 'd':
      return lost(token::dns_timeout);
    case 'b':
      return breaker(milliseconds{1'500});
    case 'l':
      return lost(token::connection_limit_reached);
    case '5':
      return status(500);
    case '4':
      return status(404);
    case '3':
      return status(403);
    case '9':
      return status(429);
    case 'j':
      return ok("[01]");
    case 'i':
      return lost(token::proxy_internal_error);
    default:
      return ok("1");
  }
}

outcomes by_letters(std::string_view letters) {
  outcomes result;
  for (auto c : letters) result.push_back(by_letter(c));
  return result;
}

}  // namespace

TEST_CASE("all asked parts there: 200, complete, cacheable, no error", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto answer = judged(plan, {ok("1", 12), ok("2", 0), ok("3", 7)});
  CHECK(answer.status == 200);
  CHECK(answer.kind == answer_kind::complete);
  CHECK(answer.content_type == "application/json");
  CHECK(text(answer.body) == R"({"customer_info":1,"master_data":2,"transaction_data":3})");
  CHECK(answer.body_size == text(answer.body).size());
  CHECK(answer.aggregate_status ==
        "customer;status=200;dur=12, master;status=200;dur=0, transaction;status=200;dur=7");
  CHECK(answer.aggregate_complete == "?1");
  CHECK(answer.cacheable);
  CHECK(answer.cache_control.empty());
  CHECK_FALSE(answer.retry_after.has_value());
  CHECK(answer.proxy_status.empty());
  CHECK(answer.preference_applied.empty());
}

TEST_CASE("some missing: 200 with null and an account of it", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto answer = judged(plan, {ok("1"), timed_out(), ok("3")});
  CHECK(answer.status == 200);
  CHECK(answer.kind == answer_kind::partial);
  CHECK(text(answer.body) ==
        R"({"customer_info":1,"master_data":null,"transaction_data":3,"error":)"
        R"({"code":"PARTIAL_DATA_FETCH","message":"Some services unavailable",)"
        R"("available_services":["customer","transaction"],"unavailable_services":["master"],)"
        R"("retry_after":5}})");
  CHECK(answer.body_size == text(answer.body).size());
  CHECK(answer.aggregate_status ==
        "customer;status=200;dur=12, master;error=http_response_timeout;dur=800, "
        "transaction;status=200;dur=12");
  CHECK(answer.aggregate_complete == "?0");
  CHECK(answer.cache_control == "no-store");
  CHECK_FALSE(answer.cacheable);
  CHECK_FALSE(answer.retry_after.has_value());
}

TEST_CASE("parts not asked for do not count as missing", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto answer = judged(plan, {timed_out(), ok("2"), timed_out()}, 2);
  CHECK(answer.kind == answer_kind::complete);
  CHECK(answer.aggregate_status == "master;status=200;dur=12");
  CHECK(text(answer.body) == R"({"master_data":2})");
  // A 404 of the customer service means nothing to one who did not ask it.
  CHECK(judged(plan, {status(404), ok("2"), ok("3")}, 6).status == 200);
  CHECK(judged(plan, {ok("1"), timed_out(), ok("3")}, 2).status == 504);
}

TEST_CASE("an endpoint of optional parts answers by the table", "[aggregation][judge]") {
  struct row {
    const char* parts;
    int status;
    const char* code;
  };
  auto r = GENERATE(values<row>({
      {"+++", 200, ""},
      {"+t+", 200, "PARTIAL_DATA_FETCH"},
      {"++4", 200, "PARTIAL_DATA_FETCH"},
      {"+4+", 200, "PARTIAL_DATA_FETCH"},
      {"5n+", 200, "PARTIAL_DATA_FETCH"},
      {"+j9", 200, "PARTIAL_DATA_FETCH"},
      {"i+b", 200, "PARTIAL_DATA_FETCH"},
      {"ttt", 504, "ALL_SERVICES_UNAVAILABLE"},
      {"tdt", 504, "ALL_SERVICES_UNAVAILABLE"},
      {"nnn", 502, "ALL_SERVICES_UNAVAILABLE"},
      {"n5j", 502, "ALL_SERVICES_UNAVAILABLE"},
      {"544", 502, "ALL_SERVICES_UNAVAILABLE"},
      {"595", 502, "ALL_SERVICES_UNAVAILABLE"},
      {"bbb", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"bll", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"tnt", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"btt", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"nnb", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"iii", 503, "ALL_SERVICES_UNAVAILABLE"},
      {"4++", 404, "CUSTOMER_NOT_FOUND"},
      {"4t5", 404, "CUSTOMER_NOT_FOUND"},
      {"4tt", 404, "CUSTOMER_NOT_FOUND"},
      {"4bb", 404, "CUSTOMER_NOT_FOUND"},
      {"444", 404, "CUSTOMER_NOT_FOUND"},
      {"3++", 200, "PARTIAL_DATA_FETCH"},
  }));
  INFO(r.parts);
  auto plan = plan_of(aggregated_data());
  auto answer = judged(plan, by_letters(r.parts));
  CHECK(answer.status == r.status);
  CHECK(answer.cacheable == (std::string_view{r.parts} == "+++"));
  CHECK(answer.proxy_status.empty());
  auto body = json::parse(text(answer.body));
  if (*r.code == 0) {
    CHECK_FALSE(body.contains("error"));
    return;
  }
  CHECK(answer.cache_control == "no-store");
  CHECK(answer.aggregate_complete == "?0");
  CHECK(body["error"]["code"] == r.code);
  for (auto member : {"message", "available_services", "unavailable_services", "retry_after"}) {
    CHECK(body["error"].contains(member));
  }
  CHECK(answer.retry_after.has_value() == (r.status >= 500));
  CHECK((answer.content_type == "application/problem+json") == (r.status != 200));
  CHECK(body.contains("type") == (r.status != 200));
}

TEST_CASE("a rule of a part answers for the whole, in problem details", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto answer = judged(plan, {status(404), ok("2"), timed_out()});
  CHECK(answer.kind == answer_kind::rule);
  CHECK(answer.aggregate_status ==
        "customer;status=404;dur=3, master;status=200;dur=12, "
        "transaction;error=http_response_timeout;dur=800");
  auto body = json::parse(text(answer.body));
  CHECK(body["status"] == 404);
  CHECK(body["instance"] == "req-1");
  CHECK(body["title"] == "No such customer");
  CHECK(body["error"]["available_services"] == names({"customer", "master"}));
  CHECK(body["error"]["unavailable_services"] == names({"transaction"}));
  CHECK_FALSE(answer.retry_after.has_value());
  // Nobody's strictness changes it.
  CHECK(judged(plan, {status(404), ok("2"), timed_out()}, 7, strictness::strict).status == 404);
}

TEST_CASE("problem details name what is missing, and nothing of the upstream",
          "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto body = json::parse(text(judged(plan, by_letters("ttt")).body));
  CHECK(body["type"] == "urn:tributary:problem:all-services-unavailable");
  CHECK(body["status"] == 504);
  CHECK(body["detail"] == "No answer came in time: customer, master, transaction.");
  CHECK(body["error"]["available_services"] == names({}));
  CHECK(body["error"]["unavailable_services"] == names({"customer", "master", "transaction"}));
}

TEST_CASE("retry_after is the longest wait that a missing part names, else the endpoint's",
          "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  auto said = [&](const outcomes& parts) {
    auto answer = judged(plan, parts);
    auto seconds = error_of(answer)["retry_after"].get<int>();
    if (answer.status >= 500) CHECK(answer.retry_after == seconds);
    return seconds;
  };
  auto told = status(503);
  told.retry_after = milliseconds{30'000};
  auto lucky = ok("1");
  lucky.retry_after = milliseconds{60'000};
  CHECK(said({ok("1"), timed_out(), ok("1")}) == 5);
  CHECK(said({ok("1"), breaker(milliseconds{1}), ok("1")}) == 1);
  CHECK(said({ok("1"), breaker(milliseconds{0}), ok("1")}) == 1);
  CHECK(said({ok("1"), breaker(milliseconds{1'001}), ok("1")}) == 2);
  CHECK(said({ok("1"), breaker(milliseconds{2'000}), ok("1")}) == 2);
  CHECK(said({breaker(milliseconds{2'000}), told, timed_out()}) == 30);
  CHECK(said({lucky, breaker(milliseconds{2'000}), ok("1")}) == 2);
  CHECK(said(by_letters("bbb")) == 2);
}

TEST_CASE("required parts decide by severity, configuration order among equals",
          "[aggregation][judge]") {
  struct row {
    const char* parts;
    int status;
    const char* proxy;
  };
  // Customer and master are required, transaction is not.
  auto r = GENERATE(values<row>({
      {"+++", 200, ""},
      {"++t", 200, ""},
      {"t++", 504, "tributary;error=http_response_timeout;next-hop=customer"},
      {"d++", 504, "tributary;error=dns_timeout;next-hop=customer"},
      {"+n+", 502, "tributary;error=connection_refused;next-hop=master"},
      {"+5+", 502, "tributary;error=http_response_status;next-hop=master;received-status=500"},
      {"+9+", 502, "tributary;error=http_response_status;next-hop=master;received-status=429"},
      {"4++", 502, "tributary;error=http_response_status;next-hop=customer;received-status=404"},
      {"j++", 502,
       "tributary;error=http_protocol_error;next-hop=customer;received-status=200;details="
       "\"invalid_json\""},
      {"b++", 503,
       "tributary;error=destination_unavailable;next-hop=customer;details=\"breaker_open\""},
      {"l++", 503, "tributary;error=connection_limit_reached;next-hop=customer"},
      {"i++", 500, "tributary;error=proxy_internal_error;next-hop=customer"},
      {"nt+", 504, "tributary;error=http_response_timeout;next-hop=master"},
      {"bn+", 502, "tributary;error=connection_refused;next-hop=master"},
      {"ib+", 503,
       "tributary;error=destination_unavailable;next-hop=master;details=\"breaker_open\""},
      {"nj+", 502, "tributary;error=connection_refused;next-hop=customer"},
      {"+bt", 503,
       "tributary;error=destination_unavailable;next-hop=master;details=\"breaker_open\""},
      {"nbt", 502, "tributary;error=connection_refused;next-hop=customer"},
      {"bbb", 503,
       "tributary;error=destination_unavailable;next-hop=customer;details=\"breaker_open\""},
  }));
  INFO(r.parts);
  auto plan = plan_of(three_parts(true, true, false));
  auto answer = judged(plan, by_letters(r.parts));
  CHECK(answer.status == r.status);
  CHECK(answer.proxy_status == r.proxy);
  CHECK(answer.retry_after.has_value() == (r.status > 500));
  if (r.status != 200) {
    CHECK(answer.kind == answer_kind::failed);
    CHECK(answer.cache_control == "no-store");
    auto none = std::string_view{r.parts}.find('+') == std::string_view::npos;
    auto code = r.status == 500 ? "INTERNAL_ERROR"
                : none          ? "ALL_SERVICES_UNAVAILABLE"
                                : "PARTIAL_DATA_FETCH";
    CHECK(error_of(answer)["code"] == code);
  }
}

TEST_CASE("a 4xx of the only required part is passed on, unless the endpoint says 502",
          "[aggregation][judge]") {
  auto endpoint = three_parts(true, false, false);
  auto code = GENERATE(400, 401, 403, 404, 405, 409, 410, 418, 422, 429, 500);
  auto known = code != 405 && code != 418 && code != 429 && code != 500;
  outcomes parts{status(code), ok("1"), timed_out()};
  auto passed = judged(plan_of(endpoint), parts);
  CHECK(passed.status == (known ? code : 502));
  if (known) {
    CHECK(passed.proxy_status ==
          "tributary;next-hop=customer;received-status=" + std::to_string(code));
    CHECK(error_of(passed)["code"] == "UPSTREAM_REFUSED");
    CHECK_FALSE(passed.retry_after.has_value());
  }
  endpoint.parts[0].forward_4xx = false;
  CHECK(judged(plan_of(endpoint), parts).status == 502);
  endpoint.parts[0].forward_4xx = true;
  endpoint.parts[1].required = true;
  CHECK(judged(plan_of(endpoint), parts).status == 502);
  // Only one of the required parts was asked.
  CHECK(judged(plan_of(endpoint), parts, 1).status == (known ? code : 502));
}

TEST_CASE("strict callers get all or nothing", "[aggregation][judge]") {
  struct row {
    const char* parts;
    int status;
  };
  auto r = GENERATE(values<row>({{"+++", 200},
                                 {"+t+", 504},
                                 {"+4+", 502},
                                 {"+b+", 503},
                                 {"nt+", 504},
                                 {"tnt", 503},
                                 {"ttt", 504},
                                 {"4t+", 404}}));
  INFO(r.parts);
  auto answer = judged(plan_of(aggregated_data()), by_letters(r.parts), 7, strictness::strict);
  CHECK(answer.status == r.status);
  CHECK(answer.preference_applied == "handling=strict");
}

TEST_CASE("lenient callers get what is there where the endpoint allows it",
          "[aggregation][judge]") {
  auto endpoint = three_parts(true, true, false);
  auto refused = judged(plan_of(endpoint), by_letters("+t+"), 7, strictness::lenient);
  CHECK(refused.status == 504);
  CHECK(refused.preference_applied.empty());
  endpoint.client_lenient = true;
  auto plan = plan_of(endpoint);
  auto allowed = judged(plan, by_letters("+t+"), 7, strictness::lenient);
  CHECK(allowed.status == 200);
  CHECK(allowed.kind == answer_kind::partial);
  CHECK(allowed.preference_applied == "handling=lenient");
  CHECK(judged(plan, by_letters("tbn"), 7, strictness::lenient).status == 503);
  CHECK(judged(plan, by_letters("ttt"), 7, strictness::lenient).status == 504);
  CHECK(judged(plan, by_letters("+t+")).status == 504);
  CHECK(judged(plan_of(aggregated_data()), by_letters("+t+"), 7, strictness::lenient)
            .preference_applied == "handling=lenient");
}

TEST_CASE("a status tells source, error, detail and attempts of each part",
          "[aggregation][judge]") {
  auto endpoint = three_parts(false, false, false);
  endpoint.parts[2].name = "our prices";
  auto plan = plan_of(endpoint);
  auto again = ok("1", 40);
  again.attempts = 2;
  auto answer = judged(plan, {again, breaker(milliseconds{900}), ok("[", 3)});
  CHECK(answer.aggregate_status ==
        "customer;status=200;dur=40;attempts=2, "
        "master;error=destination_unavailable;detail=breaker_open;dur=0, "
        "\"our prices\";error=http_protocol_error;detail=invalid_json;status=200;dur=3");
}

TEST_CASE("each error token reaches the status of an optional and of a required part",
          "[aggregation][judge]") {
  auto last = static_cast<int>(token::proxy_configuration_error);
  auto optional = plan_of(three_parts(false, false, false));
  auto required = plan_of(three_parts(false, true, false));
  for (int i = 1; i <= last; ++i) {
    auto error = static_cast<token>(i);
    auto name = std::string{to_string(error)};
    INFO(name);
    outcomes parts{ok("1"), lost(error), ok("3")};
    auto partial = judged(optional, parts);
    CHECK(partial.status == 200);
    CHECK(partial.aggregate_status.find("master;error=" + name + ";dur=5") != std::string::npos);
    auto failure = judged(required, parts);
    CHECK(failure.status >= 500);
    CHECK(failure.proxy_status == "tributary;error=" + name + ";next-hop=master");
    auto code = tributary::http::wire::is_timeout(error)   ? 504
                : tributary::http::wire::is_refusal(error) ? 503
                : name.starts_with("proxy_")               ? 500
                                                           : 502;
    CHECK(failure.status == code);
  }
}

TEST_CASE("a part that cannot be merged is a missing part", "[aggregation][judge]") {
  auto endpoint = three_parts(false, false, false);
  endpoint.parts[1].merge = tributary::config::merge_mode::root;
  auto answer = judged(plan_of(endpoint), {ok("1"), ok(R"({"customer":2})"), ok("3")});
  CHECK(answer.kind == answer_kind::partial);
  CHECK(answer.aggregate_status ==
        "customer;status=200;dur=12, "
        "master;error=http_protocol_error;detail=merge_conflict;status=200;"
        "dur=12, transaction;status=200;dur=12");
  CHECK(json::parse(text(answer.body))["customer"] == 1);
  CHECK(error_of(answer)["unavailable_services"] == names({"master"}));
  endpoint.parts[1].required = true;
  CHECK(judged(plan_of(endpoint), {ok("1"), ok("[]"), ok("3")}).status == 502);
}

TEST_CASE("a caller may stop waiting once it cannot be served any more", "[aggregation][judge]") {
  auto plan = plan_of(three_parts(true, false, false));
  outcomes parts(3);
  parts[0] = broken();
  CHECK(settled(*plan, {7, strictness::unsaid, {}}, parts, 1));
  CHECK_FALSE(settled(*plan, {7, strictness::unsaid, {}}, parts, 0));
  CHECK_FALSE(settled(*plan, {7, strictness::unsaid, {}}, {{ok("1"), broken(), {}}}, 3));
  CHECK(settled(*plan, {7, strictness::strict, {}}, {{ok("1"), broken(), {}}}, 3));
  CHECK(settled(*plan, {7, strictness::unsaid, {}}, {{ok("1"), broken(), ok("2")}}, 7));
  // The customer service may still say that there is no such customer.
  auto shipped = plan_of(aggregated_data());
  CHECK_FALSE(settled(*shipped, {7, strictness::strict, {}}, {{{}, broken(), {}}}, 2));
  CHECK(settled(*shipped, {7, strictness::strict, {}}, {{ok("1"), broken(), {}}}, 3));
  parts[1].cancelled = parts[2].cancelled = true;
  auto answer = judged(plan, parts);
  CHECK(answer.status == 502);
  CHECK(answer.aggregate_status ==
        "customer;error=connection_refused;dur=5, master;detail=cancelled, "
        "transaction;detail=cancelled");
  CHECK(error_of(answer)["unavailable_services"] == names({"customer"}));
}

TEST_CASE("an answer never looks complete with a cancelled part", "[aggregation][judge]") {
  outcomes parts(3, ok("1"));
  parts[2].cancelled = true;
  CHECK(judged(plan_of(aggregated_data()), parts).kind == answer_kind::partial);
}

TEST_CASE("the same outcomes give the same bytes", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  const std::string letters = "+tn5bj4i";
  for (auto a : letters) {
    for (auto b : letters) {
      for (auto c : letters) {
        // Outcomes are stored by part, so arrival has to be the order of these assignments.
        outcomes forth(3), back(3);
        for (std::size_t i : {0, 1, 2}) forth[i] = by_letter(std::array{a, b, c}[i]);
        for (std::size_t i : {2, 1, 0}) back[i] = by_letter(std::array{a, b, c}[i]);
        auto one = judged(plan, forth);
        auto two = judged(plan, back);
        CHECK(text(one.body) == text(two.body));
        CHECK(one.aggregate_status == two.aggregate_status);
        CHECK(json::accept(text(one.body)));
        CHECK(one.body_size == text(one.body).size());
      }
    }
  }
}

TEST_CASE("invalid parameters are told one by one", "[aggregation][judge]") {
  auto plan = plan_of(aggregated_data());
  std::vector<name_value> query{{"customer_id", "\"\xff"}, {"data_type", ""}};
  auto found = bind_parameters(*plan, query, {}, nullptr);
  auto answer = refuse_parameters(*plan, found.errors, "req-9");
  CHECK(answer.status == 400);
  CHECK(answer.kind == answer_kind::refused);
  CHECK(answer.content_type == "application/problem+json");
  CHECK(answer.cache_control == "no-store");
  CHECK_FALSE(answer.retry_after.has_value());
  auto body = json::parse(text(answer.body));
  CHECK(body["type"] == "urn:tributary:problem:invalid-parameter");
  CHECK(body["instance"] == "req-9");
  CHECK(body["error"]["code"] == "INVALID_PARAMETER");
  CHECK(body["error"]["retry_after"] == 5);
  REQUIRE(body["errors"].size() == 2);
  CHECK(body["errors"][0]["parameter"] == "customer_id");
  CHECK(body["errors"][0]["detail"].get<std::string>().ends_with("not \"\\\"\\xff\""));
  CHECK(body["errors"][1]["parameter"] == "data_type");
}

TEST_CASE("failures of the gateway itself have the same form", "[aggregation][judge]") {
  auto answer = refuse(*plan_of(aggregated_data()), "OVERLOADED", "Too many requests", "r");
  CHECK(answer.retry_after == 5);
  CHECK(error_of(answer)["code"] == "OVERLOADED");
  CHECK_FALSE(refuse(*plan_of(aggregated_data()), "INTERNAL_ERROR", "Internal error", "r")
                  .retry_after.has_value());
}

TEST_CASE("a piece, a change or nothing is no answer to who asked for the whole", "[judge]") {
  using fields = std::vector<tributary::config::templated_field>;
  for (const int status : {206, 226, 304}) CHECK(aggregation::is_unsolicited(status, {}));
  for (const int status : {200, 203, 204, 404})
    CHECK_FALSE(aggregation::is_unsolicited(status, {}));
  const fields range{{"range", "bytes=0-6"}};
  CHECK_FALSE(aggregation::is_unsolicited(206, range));
  CHECK(aggregation::is_unsolicited(304, range));
  CHECK_FALSE(aggregation::is_unsolicited(304, fields{{"If-None-Match", "{tag}"}}));
  CHECK_FALSE(aggregation::is_unsolicited(304, fields{{"If-Modified-Since", "x"}}));
  CHECK_FALSE(aggregation::is_unsolicited(226, fields{{"A-IM", "x"}}));
}

}  // namespace tributary::actors::aggregation
