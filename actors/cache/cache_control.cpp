// SPDX-License-Identifier: MIT
#include "actors/cache/cache_control.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tributary::actors::cache {

namespace {

using http::wire::same_without_case;
using std::chrono::seconds;

constexpr std::int64_t largest_delta = std::int64_t{1} << 31;

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts the next element off `rest`; separators within quotes do not count. False at an element
/// whose quote never ends.
bool next_element(std::string_view& rest, std::string_view& element) noexcept {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == ';')) {
      break;
    }
  }
  if (quoted) return false;
  element = trimmed(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return true;
}

std::string_view unquoted(std::string_view text) noexcept {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

void restrict_to(std::optional<seconds>& known, std::string_view text) noexcept {
  const auto said = parse_delta_seconds(unquoted(text)).value_or(seconds{0});
  known = known ? std::min(*known, said) : said;
}

void apply(cache_control& known, std::string_view element) noexcept {
  const auto equals = element.find('=');
  const auto name = trimmed(element.substr(0, equals));
  const auto value =
      equals == element.npos ? std::string_view{} : trimmed(element.substr(equals + 1));
  if (same_without_case(name, "no-store")) known.no_store = true;
  if (same_without_case(name, "no-cache")) known.no_cache = true;
  if (same_without_case(name, "private")) known.is_private = true;
  if (same_without_case(name, "public")) known.is_public = true;
  if (same_without_case(name, "must-revalidate")) known.must_revalidate = true;
  if (same_without_case(name, "proxy-revalidate")) known.proxy_revalidate = true;
  if (same_without_case(name, "max-age")) restrict_to(known.max_age, value);
  if (same_without_case(name, "s-maxage")) restrict_to(known.s_maxage, value);
  if (same_without_case(name, "stale-while-revalidate")) {
    restrict_to(known.stale_while_revalidate, value);
  }
  if (same_without_case(name, "stale-if-error")) restrict_to(known.stale_if_error, value);
}

}  // namespace

void add_cache_control(cache_control& known, std::string_view value) noexcept {
  while (!value.empty()) {
    std::string_view element;
    if (!next_element(value, element)) {
      known.no_store = true;
      return;
    }
    apply(known, element);
  }
}

cache_control parse_cache_control(std::string_view value) noexcept {
  cache_control result;
  add_cache_control(result, value);
  return result;
}

std::optional<seconds> parse_delta_seconds(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::int64_t result = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    result = std::min(largest_delta, result * 10 + (c - '0'));
  }
  return seconds{result};
}

}  // namespace tributary::actors::cache
