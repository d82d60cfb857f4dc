// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/symbol.hpp"
#include "providers/market/types.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of several providers ask and are answered.
namespace tributary::tests {

using namespace providers::market;

/// 2025-11-21 20:00:03 UTC.
inline constexpr std::chrono::sys_seconds now{std::chrono::seconds{1763755203}};

inline symbol sym(std::string_view text) {
  const auto result = parse_symbol(text);
  INFO(text);
  REQUIRE(result);
  return *result;
}

/// The views must outlive the answer: literals.
inline wire_answer answered(int status, std::string_view body, std::string_view headers = {}) {
  return {status, headers, body, now};
}

inline std::string header_of(const wire_request& request, std::string_view name) {
  const auto at = std::find_if(request.headers.begin(), request.headers.end(),
                               [&](const auto& field) { return field.first == name; });
  return at == request.headers.end() ? "" : at->second;
}

/// Milliseconds since 1970; -1 for none.
inline long long millis(const quote& one) {
  return one.timestamp ? one.timestamp->time_since_epoch().count() : -1;
}

/// Seconds to wait; -1 when it is not said.
inline double wait_of(const failure& one) {
  return one.retry_after ? static_cast<double>(one.retry_after->count()) / 1000 : -1;
}

inline std::vector<std::string> symbols_of(const std::vector<asset>& assets) {
  std::vector<std::string> result;
  for (const auto& one : assets) result.push_back(one.symbol);
  return result;
}

/// A row of a table of errors.
struct error_row {
  int status;
  std::string_view body;
  std::string_view headers;
  error_kind kind;
  double wait = -1;  ///< in seconds
};

}  // namespace tributary::tests
