// SPDX-License-Identifier: MIT
#pragma once

#include "scripted.hpp"

/// What Yahoo answers to tests of conversations, and what it was asked.
namespace tributary::tests::yahoo_answers {

inline const std::string cookie = "Set-Cookie: A3=d=xyz&S=abc; Path=/; Secure\r\n";
inline const scripted_answer cookie_set{404, "", cookie};
inline const scripted_answer crumb{200, "haT3oykhHqZ"};
inline const scripted_answer throttled{429, "Too Many Requests\r\n"};
inline const scripted_answer refused{
    401,
    R"({"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}})"};

inline std::string entry(std::string_view wire, std::string_view price) {
  return R"({"symbol":")" + std::string(wire) + R"(","quoteType":"EQUITY","regularMarketPrice":)" +
         std::string(price) + "}";
}

inline scripted_answer quotes(
    std::initializer_list<std::pair<std::string_view, std::string_view>> of) {
  std::string result;
  for (const auto& [wire, price] : of) {
    result.append(result.empty() ? "" : ",").append(entry(wire, price));
  }
  return {200, R"({"quoteResponse":{"result":[)" + result + R"(],"error":null}})"};
}

inline std::string meta(std::string_view price) {
  return R"({"meta":{"regularMarketPrice":)" + std::string(price) + "}}";
}

inline scripted_answer spark(
    std::initializer_list<std::pair<std::string_view, std::string_view>> of) {
  std::string result;
  for (const auto& [wire, price] : of) {
    result.append(result.empty() ? "" : ",")
        .append(R"({"symbol":")")
        .append(wire)
        .append(R"(","response":[)" + meta(price) + "]}");
  }
  return {200, R"({"spark":{"result":[)" + result + R"(],"error":null}})"};
}

inline scripted_answer chart(std::string_view price) {
  return {200, R"({"chart":{"result":[)" + meta(price) + R"(],"error":null}})"};
}

inline const scripted_answer no_chart{
    404,
    R"({"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}})"};

/// The way of a request: cookie, page, crumb, v7, spark7, spark8, chart, screener, lookup.
inline std::string way_of(const wire_request& request) {
  const std::pair<std::string_view, std::string_view> ways[] = {
      {"/quote/AAPL", "page"},
      {"/v1/test/getcrumb", "crumb"},
      {"/v7/finance/quote", "v7"},
      {"/v7/finance/spark", "spark7"},
      {"/v8/finance/spark", "spark8"},
      {"/v8/finance/chart", "chart"},
      {"/v1/finance/screener", "screener"},
      {"/v1/finance/lookup", "lookup"}};
  for (const auto& [part, name] : ways) {
    if (request.target.starts_with(part)) return std::string(name);
  }
  return request.target == "/" ? "cookie" : request.target;
}

/// What was asked since the last time, as `cookie crumb v7`.
inline std::string ways(scripted_provider& of) {
  std::string result;
  for (const auto& one : of.asked) result.append(result.empty() ? "" : " ").append(way_of(one));
  of.asked.clear();
  return result;
}

/// Adds what a handshake is answered, after the rules of a test.
inline scripted_provider& with_handshake(scripted_provider& of) {
  return of.on("/getcrumb", {crumb}).on("/", {cookie_set});
}

}  // namespace tributary::tests::yahoo_answers
