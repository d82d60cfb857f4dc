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

/// Reads the name of a month at `at`; false at anything else.
bool read_month(std::string_view text, std::size_t at, int& out) noexcept {
  const auto found = month_names.find(text.substr(at, 3));
  if (found == month_names.npos || found % 3 != 0) return false;
  out = static_cast<int>(found / 3) + 1;
  return true;
}

struct date_parts {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
};

/// Reads `08:49:37` at `at`.
bool read_time(std::string_view text, std::size_t at, date_parts& out) noexcept {
  return text[at + 2] == ':' && text[at + 5] == ':' && read_number(text, at, 2, out.hour) &&
         read_number(text, at + 3, 2, out.minute) && read_number(text, at + 6, 2, out.second);
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
bool read_fixdate(std::string_view text, date_parts& out) noexcept {
  return text.size() == 29 && text.substr(3, 2) == ", " && text[7] == ' ' && text[11] == ' ' &&
         text[16] == ' ' && text.substr(25) == " GMT" && read_number(text, 5, 2, out.day) &&
         read_month(text, 8, out.month) && read_number(text, 12, 4, out.year) &&
         read_time(text, 17, out);
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`. The century is that of the years 1970–2069 whatever the
/// present is: a clock would make the far future of `01-Jan-70`, by which servers mean long ago.
bool read_rfc850(std::string_view text, date_parts& out) noexcept {
  const auto comma = text.find(',');
  if (comma < 6 || comma > 9) return false;
  text.remove_prefix(comma);
  if (text.size() != 24 || text[1] != ' ' || text[4] != '-' || text[8] != '-' || text[11] != ' ' ||
      text.substr(20) != " GMT" || !read_number(text, 2, 2, out.day) ||
      !read_month(text, 5, out.month) || !read_number(text, 9, 2, out.year) ||
      !read_time(text, 12, out)) {
    return false;
  }
  out.year += out.year < 70 ? 2000 : 1900;
  return true;
}

/// `Sun Nov  6 08:49:37 1994`.
bool read_asctime(std::string_view text, date_parts& out) noexcept {
  if (text.size() != 24 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[19] != ' ') {
    return false;
  }
  const bool padded = text[8] == ' ';
  return read_month(text, 4, out.month) &&
         read_number(text, padded ? 9 : 8, padded ? 1 : 2, out.day) && read_time(text, 11, out) &&
         read_number(text, 20, 4, out.year);
}

}  // namespace

http_date format_http_date(std::chrono::system_clock::time_point when) noexcept {
  using namespace std::chrono;
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(when - day)};

  http_date result;
  constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::copy(pattern.begin(), pattern.end(), result.begin());
  const auto name = days.substr(weekday{day}.c_encoding() * 3, 3);
  std::copy(name.begin(), name.end(), result.begin());
  put_number(&result[5], static_cast<unsigned>(date.day()), 2);
  const auto month = month_names.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
  std::copy(month.begin(), month.end(), result.begin() + 8);
  put_number(&result[12], static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_number(&result[17], static_cast<unsigned>(time.hours().count()), 2);
  put_number(&result[20], static_cast<unsigned>(time.minutes().count()), 2);
  put_number(&result[23], static_cast<unsigned>(time.seconds().count()), 2);
  return result;
}

std::optional<std::chrono::system_clock::time_point> parse_http_date(
    std::string_view text) noexcept {
  date_parts read;
  if (!read_fixdate(text, read) && !read_rfc850(text, read) && !read_asctime(text, read)) return {};
  std::chrono::year_month_day date{std::chrono::year{read.year},
                                   std::chrono::month{static_cast<unsigned>(read.month)},
                                   std::chrono::day{static_cast<unsigned>(read.day)}};
  if (!date.ok() || read.hour > 23 || read.minute > 59 || read.second > 60) return {};
  // The clock counts nanoseconds in 64 bits, which does not reach all years of four digits.
  date = std::chrono::year{std::clamp(read.year, 1700, 2250)} / date.month() / date.day();
  return std::chrono::sys_days{date} + std::chrono::hours{read.hour} +
         std::chrono::minutes{read.minute} + std::chrono::seconds{read.second};
}

}  // namespace tributary::http::wire
