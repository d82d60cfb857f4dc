// SPDX-License-Identifier: MIT
#include "http/client/body_coding.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/content_coding.hpp"

#include <string>

namespace tributary::http::client {

namespace {

/// All lines of one field, joined as RFC 9110, 5.3 has it.
std::string joined_field(std::string_view header_block, std::string_view name) {
  std::string result;
  while (const auto value = next_header(header_block, name)) {
    if (!result.empty()) result += ", ";
    result += *value;
  }
  return result;
}

std::string_view without_quotes(std::string_view value) noexcept {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
  return value.substr(1, value.size() - 2);
}

void refuse(fetch_result& result, wire::error_token error, std::string_view reason) {
  result.body = {};
  if (result.status < 200 || result.status > 299) return;
  result.error = error;
  result.reason = reason;
  result.detail = reason;
}

}  // namespace

bool has_readable_charset(std::string_view content_type) noexcept {
  wire::next_item(content_type, ';');
  while (!content_type.empty()) {
    auto parameter = wire::next_item(content_type, ';');
    if (!wire::same_without_case(wire::next_item(parameter, '='), "charset")) continue;
    const auto charset = without_quotes(wire::trim(parameter));
    if (charset.empty()) continue;
    for (const auto* known : {"utf-8", "utf8", "us-ascii", "ascii"}) {
      if (wire::same_without_case(charset, known)) return true;
    }
    return false;
  }
  return true;
}

void decode_body(fetch_result& result, std::size_t max_body) {
  if (result.body.empty()) return;
  if (!has_readable_charset(find_header(result.header_block, "Content-Type"))) {
    return refuse(result, wire::error_token::http_protocol_error, "charset_not_utf8");
  }
  const auto codings = joined_field(result.header_block, "Content-Encoding");
  if (codings.empty()) return;
  const auto unpacked = wire::unpack(codings, result.body.view(), max_body);
  if (unpacked.error != wire::error_token::none) {
    return refuse(result, unpacked.error, unpacked.reason);
  }
  result.body = wire::shared_bytes{unpacked.bytes};
}

}  // namespace tributary::http::client
