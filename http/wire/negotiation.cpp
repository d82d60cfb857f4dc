// SPDX-License-Identifier: MIT
#include "http/wire/negotiation.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <charconv>

namespace tributary::http::wire {

namespace {

constexpr int full_weight = 1000;

/// Thousandths of `0.5`. What is no weight (RFC 9110, 12.4.2) is as if it were not there: clients
/// send `q=.2` for a type that they do take.
int parse_weight(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return full_weight;
  int weight = (text[0] - '0') * full_weight;
  if (text.size() > 1 && text[1] != '.') return full_weight;
  for (std::size_t i = 2, unit = 100; i < text.size(); ++i, unit /= 10) {
    if (!is_digit(text[i])) return full_weight;
    weight += (text[i] - '0') * static_cast<int>(unit);
  }
  return weight > full_weight ? full_weight : weight;
}

/// As `next_item`, where a quote that nobody closes is a character like any other.
std::string_view next_of_list(std::string_view& rest, char separator) noexcept {
  auto quotes_closed = true;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\' && !quotes_closed) {
      ++i;
    } else if (rest[i] == '"') {
      quotes_closed = !quotes_closed;
    }
  }
  if (quotes_closed) return next_item(rest, separator);
  const auto end = std::min(rest.find(separator), rest.size());
  const auto item = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(item);
}

/// Of the parameters of one member.
int weight_of(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    auto parameter = next_of_list(parameters, ';');
    if (same_without_case(next_of_list(parameter, '='), "q")) return parse_weight(trim(parameter));
  }
  return full_weight;
}

/// 3 for `a/b`, 2 for `a/*`, 1 for `*/*` and for the `*` that some clients write instead; 0 when
/// the range does not fit the type.
int specificity(std::string_view range, std::string_view media_type) noexcept {
  if (range == "*/*" || range == "*") return 1;
  if (same_without_case(range, media_type)) return 3;
  const auto slash = range.find('/');
  if (slash == range.npos || range.substr(slash + 1) != "*") return 0;
  return same_without_case(range.substr(0, slash + 1), media_type.substr(0, slash + 1)) ? 2 : 0;
}

std::string_view unquote(std::string_view value) noexcept {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

std::string_view opaque_tag(std::string_view etag) noexcept {
  if (etag.substr(0, 2) == "W/") etag.remove_prefix(2);
  return etag;
}

void read_preference(std::string_view name, std::string_view value, preferences& into) noexcept {
  if (same_without_case(name, "handling")) {
    if (into.handling != preferences::handling_mode::unset) return;
    if (same_without_case(value, "strict")) into.handling = preferences::handling_mode::strict;
    if (same_without_case(value, "lenient")) into.handling = preferences::handling_mode::lenient;
  } else if (same_without_case(name, "wait")) {
    unsigned seconds = 0;
    const auto* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, seconds);
    if (into.wait || value.empty() || error != std::errc{} || stop != end) return;
    into.wait = std::chrono::seconds{seconds};
  } else if (same_without_case(name, "respond-async")) {
    into.respond_async = true;
  }
}

}  // namespace

int acceptance(std::string_view accept, std::string_view media_type) noexcept {
  if (trim(accept).empty()) return full_weight;
  int best = 0;
  int weight_of_best = 0;
  while (!accept.empty()) {
    auto item = next_of_list(accept, ',');
    const auto range = next_of_list(item, ';');
    const int fits = specificity(range, media_type);
    if (fits <= best) continue;
    best = fits;
    weight_of_best = weight_of(item);
  }
  return weight_of_best;
}

bool prefers_gzip(std::string_view accept_encoding) noexcept {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    auto item = next_of_list(accept_encoding, ',');
    const auto coding = next_of_list(item, ';');
    const auto weight = weight_of(item);
    if (same_without_case(coding, "gzip") || same_without_case(coding, "x-gzip")) gzip = weight;
    if (same_without_case(coding, "identity")) identity = weight;
    if (coding == "*") any = weight;
  }
  const auto packed = gzip.value_or(any.value_or(0));
  return packed > 0 && packed >= identity.value_or(0);
}

void read_preferences(std::string_view value, preferences& into) noexcept {
  while (!value.empty()) {
    auto item = next_item(value, ',');
    auto preference = next_item(item, ';');  // parameters, after the semicolon, mean nothing to us
    const auto name = next_item(preference, '=');
    read_preference(name, unquote(trim(preference)), into);
  }
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept {
  if (trim(if_none_match) == "*") return true;
  const auto wanted = opaque_tag(etag);
  // Backslash escapes nothing in an entity tag, so quotes alone delimit it.
  while (true) {
    const auto begin = if_none_match.find('"');
    if (begin == if_none_match.npos) return false;
    const auto end = if_none_match.find('"', begin + 1);
    if (end == if_none_match.npos) return false;
    if (if_none_match.substr(begin, end - begin + 1) == wanted) return true;
    if_none_match.remove_prefix(end + 1);
  }
}

bool matches_etag_strongly(std::string_view if_match, std::string_view etag) noexcept {
  if (trim(if_match) == "*") return true;
  if (!etag.starts_with('"')) return false;
  for (std::size_t at = 0;;) {
    const auto begin = if_match.find('"', at);
    if (begin == if_match.npos) return false;
    const auto end = if_match.find('"', begin + 1);
    if (end == if_match.npos) return false;
    const auto weak = begin - at >= 2 && if_match.substr(begin - 2, 2) == "W/";
    if (!weak && if_match.substr(begin, end - begin + 1) == etag) return true;
    at = end + 1;
  }
}

}  // namespace tributary::http::wire
