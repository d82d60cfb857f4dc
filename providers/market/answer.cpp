// SPDX-License-Identifier: MIT
#include "providers/market/answer.hpp"

#include "http/client/fetch.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/http_date.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace tributary::providers::market {

namespace {

using namespace std::chrono;
using http::wire::is_digit;
using http::wire::to_lower;

/// Takes exactly `digits` digits off the front; -1 when there are fewer.
int take_number(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits) return -1;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes `.512` off the front, any number of digits.
std::optional<milliseconds> take_fraction(std::string_view& text) noexcept {
  if (!take(text, '.')) return milliseconds{0};
  if (text.empty() || !is_digit(text.front())) return {};
  int value = 0;
  for (int scale = 100; !text.empty() && is_digit(text.front()); scale /= 10) {
    value += scale * (text.front() - '0');
    text.remove_prefix(1);
  }
  return milliseconds{value};
}

/// Reads all of `text` as an offset from UTC; nothing there is UTC.
std::optional<minutes> read_offset(std::string_view text) noexcept {
  text = http::wire::trim(text);
  if (text.empty() || text == "Z" || text == "z" || text == "UTC") return minutes{0};
  const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  if (sign == 0) return {};
  text.remove_prefix(1);
  const int hours = take_number(text, 2);
  take(text, ':');
  const int rest = take_number(text, 2);
  if (hours < 0 || hours > 23 || rest < 0 || rest > 59 || !text.empty()) return {};
  return minutes{sign * (hours * 60 + rest)};
}

std::optional<sys_days> take_date(std::string_view& text) noexcept {
  const int y = take_number(text, 4);
  if (!take(text, '-')) return {};
  const int m = take_number(text, 2);
  if (!take(text, '-')) return {};
  const int d = take_number(text, 2);
  if (y < 1970 || y > 2199 || m < 0 || d < 0) return {};
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)},
                            day{static_cast<unsigned>(d)}};
  if (!date.ok()) return {};
  return sys_days{date};
}

}  // namespace

std::optional<provider_time> read_iso_time(std::string_view text) noexcept {
  const auto date = take_date(text);
  if (!date || (!take(text, 'T') && !take(text, ' '))) return {};
  const int h = take_number(text, 2);
  if (!take(text, ':')) return {};
  const int m = take_number(text, 2);
  if (!take(text, ':')) return {};
  const int s = take_number(text, 2);
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) return {};
  const auto fraction = take_fraction(text);
  if (!fraction) return {};
  const auto offset = read_offset(text);
  if (!offset) return {};
  const auto when = *date + hours{h} + minutes{m} + seconds{s} + *fraction - *offset;
  // An offset and a leap second lead out of the years that were written.
  if (when < sys_days{year{1970} / 1 / 1} || when >= sys_days{year{2200} / 1 / 1}) return {};
  return when;
}

std::optional<provider_time> read_unix_seconds(const json_value& value) {
  constexpr double end_of_2199 = 7258118400.0;
  const auto number = value.as_number();
  if (!number || !(number->value > 0) || number->value >= end_of_2199) return {};
  return provider_time{milliseconds{static_cast<std::int64_t>(number->value * 1000)}};
}

std::optional<milliseconds> read_retry_after(const wire_answer& answer) {
  const auto text = http::client::find_header(answer.header_block, "Retry-After");
  if (text.empty()) return {};
  if (std::all_of(text.begin(), text.end(), is_digit)) {
    std::uint32_t count = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), count).ec;
    // More than fits is more than the longest pause, too.
    if (error != std::errc{}) return longest_pause;
    return std::min<milliseconds>(seconds{count}, longest_pause);
  }
  const auto date = http::wire::parse_http_date(text);
  if (!date) return {};
  return std::clamp(duration_cast<milliseconds>(*date - answer.received), milliseconds{0},
                    longest_pause);
}

milliseconds read_pause(const wire_answer& answer) {
  return std::max<milliseconds>(read_retry_after(answer).value_or(minutes{1}), seconds{1});
}

bool is_html(std::string_view body) noexcept {
  const auto first = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != body.npos && body[first] == '<';
}

std::optional<failure> failure_of_transport(const wire_answer& answer) {
  const int status = answer.status;
  if (status < 200) return failed(error_kind::unavailable, "no answer");
  if (status >= 300 && status < 400) {
    return failed(error_kind::unavailable, "answered with a redirect");
  }
  if (status >= 500 || status == 408) {
    return failed(error_kind::unavailable, "answered " + std::to_string(status));
  }
  if (is_html(answer.body) && status != 401 && status != 429) {
    return failed(error_kind::unavailable, "answered " + std::to_string(status) + " with HTML");
  }
  return {};
}

failure failed(error_kind kind, std::string detail) {
  failure result;
  result.kind = kind;
  result.detail = std::move(detail);
  return result;
}

failure rate_limited(milliseconds retry_after, std::string detail) {
  auto result = failed(error_kind::rate_limited, std::move(detail));
  result.retry_after = retry_after;
  return result;
}

bool mentions(std::string_view text, std::initializer_list<std::string_view> parts) noexcept {
  constexpr auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
  });
}

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return result;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

void append_encoded(std::string& out, std::string_view text) {
  http::wire::append_percent_encoded(out, text);
}

}  // namespace tributary::providers::market
