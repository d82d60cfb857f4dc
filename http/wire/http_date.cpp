// SPDX-License-Identifier: MIT
#include "http/wire/http_date.hpp"

#include <algorithm>

namespace tributary::http::wire {

namespace {

void put_number(char* at, unsigned value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

http_date format_http_date(std::chrono::system_clock::time_point when) noexcept {
  using namespace std::chrono;
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<std::chrono::days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(when - day)};

  http_date out;
  constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::copy(pattern.begin(), pattern.end(), out.begin());
  const auto name = days.substr(weekday{day}.c_encoding() * 3, 3);
  std::copy(name.begin(), name.end(), out.begin());
  put_number(&out[5], static_cast<unsigned>(date.day()), 2);
  const auto month = months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
  std::copy(month.begin(), month.end(), out.begin() + 8);
  put_number(&out[12], static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_number(&out[17], static_cast<unsigned>(time.hours().count()), 2);
  put_number(&out[20], static_cast<unsigned>(time.minutes().count()), 2);
  put_number(&out[23], static_cast<unsigned>(time.seconds().count()), 2);
  return out;
}

}  // namespace tributary::http::wire
