// SPDX-License-Identifier: MIT
#include "http/server/preconditions.hpp"

#include "http/server/problems.hpp"
#include "http/wire/negotiation.hpp"

#include <string_view>
#include <utility>

namespace tributary::http::server {

namespace {

/// The value of ETag among serialised fields; empty when there is none.
std::string_view etag_of(std::string_view fields) noexcept {
  constexpr std::string_view name{"ETag: "};
  while (!fields.empty()) {
    const auto end = fields.find("\r\n");
    const auto line = fields.substr(0, end);
    if (line.starts_with(name)) return line.substr(name.size());
    if (end == fields.npos) break;
    fields.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace

bool breaks_if_match(const request& asked, const response& answer) noexcept {
  if ((answer.status < 200 || answer.status > 299) && answer.status != 304) return false;
  if (!asked.has_header("If-Match")) return false;
  const auto etag = etag_of(answer.headers);
  auto fulfilled = false;
  asked.each_header("If-Match", [&](std::string_view value) {
    fulfilled = fulfilled || wire::matches_etag_strongly(value, etag);
  });
  return !fulfilled;
}

response precondition_failed(const request& asked, const response& answer) {
  auto result = problem_response(asked, wire::make_problem("PRECONDITION_FAILED"));
  if (const auto etag = etag_of(answer.headers); !etag.empty()) result.add_header("ETag", etag);
  result.close = answer.close;
  result.log_parts = answer.log_parts;
  result.log_cache = answer.log_cache;
  return result;
}

}  // namespace tributary::http::server
