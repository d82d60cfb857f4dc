// SPDX-License-Identifier: MIT
#include "http/wire/target.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <cstddef>

namespace tributary::http::wire {

namespace {

bool is_escape(std::string_view text, std::size_t at) noexcept {
  return text.size() - at >= 3 && text[at] == '%' && is_hex_digit(text[at + 1]) &&
         is_hex_digit(text[at + 2]);
}

/// What may stand behind the authority, question marks included.
bool is_path_or_query(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_path_character(c) || c == '/' || c == '?' || is_left_unescaped(c)) continue;
    if (!is_escape(text, i)) return false;
    i += 2;
  }
  return true;
}

bool is_registered_name(std::string_view name) noexcept {
  if (name.empty()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_host_character(name[i])) continue;
    if (!is_escape(name, i)) return false;
    i += 2;
  }
  return true;
}

/// What stands between the brackets: an IPv6 address or `v1.…`, judged by its characters only.
bool is_ip_literal(std::string_view inside) noexcept {
  if (inside.size() < 2) return false;
  for (const char c : inside) {
    if (!is_host_character(c) && c != ':') return false;
  }
  return inside.find(':') != inside.npos || inside.front() == 'v' || inside.front() == 'V';
}

bool is_port(std::string_view port) noexcept {
  for (const char c : port) {
    if (!is_digit(c)) return false;
  }
  return port.size() <= 5;
}

}  // namespace

std::optional<origin_form> parse_origin_form(std::string_view target) noexcept {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const auto question = target.find('?');
  if (!is_path_or_query(target)) return std::nullopt;
  if (question == target.npos) return origin_form{target, {}, false};
  return origin_form{target.substr(0, question), target.substr(question + 1), true};
}

std::optional<request_target> parse_request_target(std::string_view target) noexcept {
  if (!target.empty() && target.front() == '/') {
    const auto origin = parse_origin_form(target);
    if (!origin) return std::nullopt;
    return request_target{*origin, {}};
  }
  const auto mark = target.find("://");
  const auto scheme = target.substr(0, mark);
  if (mark == target.npos ||
      !(same_without_case(scheme, "http") || same_without_case(scheme, "https"))) {
    return std::nullopt;
  }
  target.remove_prefix(mark + 3);
  const auto end = std::min(target.find_first_of("/?"), target.size());
  const auto authority = target.substr(0, end);
  if (!is_valid_host(authority)) return std::nullopt;
  target.remove_prefix(end);
  if (target.empty()) return request_target{{"/", {}, false}, authority};
  if (target.front() == '/') {
    const auto origin = parse_origin_form(target);
    if (!origin) return std::nullopt;
    return request_target{*origin, authority};
  }
  // A query without a path: it is judged as if the path were there.
  const auto query = target.substr(1);
  if (!is_path_or_query(query)) return std::nullopt;
  return request_target{{"/", query, true}, authority};
}

bool is_valid_host(std::string_view value) noexcept {
  if (!value.empty() && value.front() == '[') {
    const auto end = value.find(']');
    if (end == value.npos || !is_ip_literal(value.substr(1, end - 1))) return false;
    const auto rest = value.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = value.find(':');
  if (colon != value.npos && !is_port(value.substr(colon + 1))) return false;
  return is_registered_name(value.substr(0, colon));
}

bool percent_decode(std::string_view text, std::string& out, plus treatment) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (!is_escape(text, i)) return false;
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += c == '+' && treatment == plus::is_space ? ' ' : c;
    }
  }
  return true;
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const char lower = to_lower(c);
    if ((lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      out += c;
    } else {
      const auto value = static_cast<unsigned char>(c);
      out += '%';
      out += digits[value >> 4U];
      out += digits[value & 15U];
    }
  }
}

std::optional<query_item> next_query_item(std::string_view& rest) noexcept {
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto item = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    if (equals == item.npos) return query_item{item, {}, false};
    return query_item{item.substr(0, equals), item.substr(equals + 1), true};
  }
  return std::nullopt;
}

}  // namespace tributary::http::wire
