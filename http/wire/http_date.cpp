// SPDX-License-Identifier: MIT
#include "http/wire/http_date.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>

namespace tributary::http::wire {

namespace {

void put_number(char* at, unsigned value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

/// Reads `length` digits of `text` from `at`; false at anything else.
bool read_number(std::string_view text, std::size_t at, std::size_t length, int& out) noexcept {
  out = 0;
  for (const char c : text.substr(at, length)) {
    if (!is_digit(c)) return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

}  // namespace

http_date format_http_date(std::chrono::system_clock::time_point when) noexcept {
  using namespace std::chrono;
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(when - day)};

  http_date out;
  constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::copy(pattern.begin(), pattern.end(), out.begin());
  const auto name = days.substr(weekday{day}.c_encoding() * 3, 3);
  std::copy(name.begin(), name.end(), out.begin());
  put_number(&out[5], static_cast<unsigned>(date.day()), 2);
  const auto month = month_names.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
  std::copy(month.begin(), month.end(), out.begin() + 8);
  put_number(&out[12], static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_number(&out[17], static_cast<unsigned>(time.hours().count()), 2);
  put_number(&out[20], static_cast<unsigned>(time.minutes().count()), 2);
  put_number(&out[23], static_cast<unsigned>(time.seconds().count()), 2);
  return out;
}

std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view text) noexcept {
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return {};
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') {
    return {};
  }
  const auto month = month_names.find(text.substr(8, 3));
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (month == month_names.npos || month % 3 != 0 || !read_number(text, 5, 2, day) ||
      !read_number(text, 12, 4, year) || !read_number(text, 17, 2, hour) ||
      !read_number(text, 20, 2, minute) || !read_number(text, 23, 2, second)) {
    return {};
  }
  std::chrono::year_month_day date{
      std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month / 3 + 1)},
      std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  // The clock counts nanoseconds in 64 bits, which does not reach all years of four digits.
  date = std::chrono::year{std::clamp(year, 1700, 2250)} / date.month() / date.day();
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

}  // namespace tributary::http::wire
