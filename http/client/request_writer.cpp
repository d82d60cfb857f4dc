// SPDX-License-Identifier: MIT
#include "http/client/request_writer.hpp"

#include "http/client/fetch.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <charconv>

namespace tributary::http::client {

namespace {

bool is_target(std::string_view target) noexcept {
  if (target.empty() || (target[0] != '/' && target != "*")) return false;
  return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Fields that only the client itself may write: two of them would make a request ambiguous.
bool is_reserved(std::string_view name) noexcept {
  switch (name.size()) {
    case 4:
      return wire::same_without_case(name, "host");
    case 10:
      return wire::same_without_case(name, "connection");
    case 14:
      return wire::same_without_case(name, "content-length");
    case 15:
      return wire::same_without_case(name, "accept-encoding");
    case 17:
      return wire::same_without_case(name, "transfer-encoding");
    default:
      return false;
  }
}

bool announces_body(std::string_view method) noexcept {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

std::string_view append_fields(std::string& out, const fetch_request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!wire::is_token(name)) return "header name with characters that are not allowed";
    if (std::any_of(value.begin(), value.end(), wire::is_control)) {
      return "header value with a control character";
    }
    if (is_reserved(name)) return "header that belongs to the client";
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return {};
}

}  // namespace

std::string make_fixed_fields(std::string_view host, std::uint16_t port, bool tls) {
  std::string result = "Host: ";
  const auto bare_ipv6 = host.find(':') != std::string_view::npos && host.front() != '[';
  if (bare_ipv6) result += '[';
  result += host;
  if (bare_ipv6) result += ']';
  if (port != (tls ? 443 : 80)) result.append(":").append(std::to_string(port));
  return result += "\r\nAccept-Encoding: identity\r\n";
}

std::string_view write_request(std::string& out, const fetch_request& request,
                               std::string_view fixed_fields) {
  if (!wire::is_token(request.method)) return "method with characters that are not allowed";
  if (!is_target(request.target)) return "target is not in origin form";
  out.clear();
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  out.append(fixed_fields);
  if (const auto complaint = append_fields(out, request); !complaint.empty()) return complaint;
  if (!request.body.empty() || announces_body(request.method)) {
    out.append("Content-Length: ");
    append_number(out, request.body.size());
    out.append("\r\n");
  }
  out.append("\r\n").append(request.body);
  return {};
}

bool is_idempotent(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS" || method == "TRACE";
}

}  // namespace tributary::http::client
