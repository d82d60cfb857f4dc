// SPDX-License-Identifier: MIT
#include "providers/mock/customers/instant.hpp"

#include <chrono>

namespace tributary::providers::mock::customers {

namespace {

/// Takes fields off the front of a text; `ok` turns false at the first that does not fit.
struct scanner {
  std::string_view rest;
  bool ok = true;

  bool at_digit() const { return !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; }

  int number(int digits, int low, int high) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (!at_digit()) {
        ok = false;
        return 0;
      }
      value = value * 10 + (rest[0] - '0');
      rest.remove_prefix(1);
    }
    ok = ok && value >= low && value <= high;
    return value;
  }

  char one_of(std::string_view set) {
    if (rest.empty() || set.find(rest[0]) == set.npos) {
      ok = false;
      return '\0';
    }
    const char taken = rest[0];
    rest.remove_prefix(1);
    return taken;
  }
};

std::chrono::sys_days date(scanner& in) {
  using namespace std::chrono;
  const int y = in.number(4, 0, 9999);
  in.one_of("-");
  const auto m = static_cast<unsigned>(in.number(2, 1, 12));
  in.one_of("-");
  const auto d = static_cast<unsigned>(in.number(2, 1, 31));
  const year_month_day result{year{y}, month{m}, day{d}};
  in.ok = in.ok && result.ok();
  return in.ok ? sys_days{result} : sys_days{};
}

std::uint32_t fraction(scanner& in) {
  if (in.rest.empty() || in.rest[0] != '.') return 0;
  in.rest.remove_prefix(1);
  in.ok = in.ok && in.at_digit();
  std::uint32_t value = 0;
  int digits = 0;
  for (; in.at_digit(); in.rest.remove_prefix(1), ++digits) {
    if (digits < 9) value = value * 10 + static_cast<std::uint32_t>(in.rest[0] - '0');
  }
  for (; digits < 9; ++digits) value *= 10;
  return value;
}

/// Seconds east of UTC.
int offset(scanner& in) {
  const char sign = in.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z' || !in.ok) return 0;
  const int hours = in.number(2, 0, 23);
  in.one_of(":");
  const int seconds = hours * 3600 + in.number(2, 0, 59) * 60;
  return sign == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<instant> parse_instant(std::string_view text) noexcept {
  scanner in{text};
  const auto day = date(in);
  in.one_of("Tt");
  int seconds = in.number(2, 0, 23) * 3600;
  in.one_of(":");
  seconds += in.number(2, 0, 59) * 60;
  in.one_of(":");
  seconds += in.number(2, 0, 60);
  const auto nanoseconds = fraction(in);
  seconds -= offset(in);
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return instant{day.time_since_epoch().count() * std::int64_t{86'400} + seconds, nanoseconds};
}

}  // namespace tributary::providers::mock::customers
