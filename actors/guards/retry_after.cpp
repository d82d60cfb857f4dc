// SPDX-License-Identifier: MIT
#include "actors/guards/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary::actors::guards {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds longest{24 * 3600};

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may be generated (RFC 9110, 5.6.7).
std::optional<std::chrono::system_clock::time_point> read_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  unsigned day = 0, hour = 0, minute = 0, second = 0;
  int year = 0;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end() || !read_number(text.substr(5, 2), day) ||
      !read_number(text.substr(12, 4), year) || !read_number(text.substr(17, 2), hour) ||
      !read_number(text.substr(20, 2), minute) || !read_number(text.substr(23, 2), second)) {
    return {};
  }
  const std::chrono::year_month_day date{
      std::chrono::year{year},
      std::chrono::month{static_cast<unsigned>(month - months.begin()) + 1}, std::chrono::day{day}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         seconds{second};
}

}  // namespace

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  if (value.empty()) return {};
  if (value.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t delay = 0;
    // Too many digits for a number are a very long time.
    if (!read_number(value, delay)) delay = longest.count();
    return std::min<milliseconds>(seconds{std::min(delay, longest.count())}, longest);
  }
  const auto date = read_http_date(value);
  if (!date) return {};
  const auto left = std::chrono::ceil<milliseconds>(*date - now);
  return std::clamp<milliseconds>(left, milliseconds{0}, longest);
}

}  // namespace tributary::actors::guards
