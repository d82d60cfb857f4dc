// SPDX-License-Identifier: MIT
#include "actors/aggregation/outcome.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/json_check.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::aggregation {

using http::wire::error_token;

namespace {

constexpr int no_content = 204;
constexpr int reset_content = 205;

/// True for a body of white space, with a byte order mark or without.
bool says_nothing(std::string_view body) noexcept {
  return http::wire::without_byte_order_mark(body).find_first_not_of(" \t\r\n") == body.npos;
}

}  // namespace

std::string_view to_string(part_source source) noexcept {
  switch (source) {
    case part_source::primary:
      return {};
    case part_source::cache:
      return "cache";
    case part_source::stale:
      return "stale";
    case part_source::fallback:
      return "fallback";
    case part_source::fixed:
      return "static";
  }
  return {};
}

part_outcome received(int status, http::wire::shared_bytes body,
                      std::chrono::milliseconds duration) {
  part_outcome result;
  result.status = status;
  result.duration = duration;
  if (status < 200 || status > 299) {
    result.error = error_token::http_response_status;
    return result;
  }
  result.error = error_token::none;
  if (status == no_content || status == reset_content || says_nothing(body.view())) return result;
  auto verdict = http::wire::check_json(body);
  if (!verdict) {
    result.error = error_token::http_protocol_error;
    result.detail = "invalid_json";
    return result;
  }
  result.body = {std::move(body), verdict.text};
  return result;
}

bool is_unsolicited(int status, std::span<const config::templated_field> fields) noexcept {
  const auto sends = [&](std::string_view name) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
      return http::wire::same_without_case(field.name, name);
    });
  };
  switch (status) {
    case 206:
      return !sends("Range");
    case 226:
      return !sends("A-IM");
    case 304:
      return !sends("If-None-Match") && !sends("If-Modified-Since");
    default:
      return false;
  }
}

part_outcome failed(error_token error, std::string_view detail,
                    std::chrono::milliseconds duration) {
  part_outcome result;
  result.error = error;
  result.detail = detail;
  result.duration = duration;
  return result;
}

}  // namespace tributary::actors::aggregation
