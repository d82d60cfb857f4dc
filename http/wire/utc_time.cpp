// SPDX-License-Identifier: MIT
#include "http/wire/utc_time.hpp"

#include <array>
#include <cstddef>

namespace tributary::http::wire {

namespace {

void append_padded(std::string& out, unsigned value, int width) {
  std::array<char, 4> digits{'0', '0', '0', '0'};
  for (auto i = width - 1; i >= 0; --i, value /= 10) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

}  // namespace

void append_utc_time(std::string& out, std::chrono::sys_seconds when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{when - day};
  append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, static_cast<unsigned>(time.hours().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(time.minutes().count()), 2);
  out += ':';
  append_padded(out, static_cast<unsigned>(time.seconds().count()), 2);
  out += 'Z';
}

std::string utc_time(std::chrono::system_clock::time_point when) {
  std::string result;
  append_utc_time(result, std::chrono::floor<std::chrono::seconds>(when));
  return result;
}

}  // namespace tributary::http::wire
