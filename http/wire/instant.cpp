// SPDX-License-Identifier: MIT
#include "http/wire/instant.hpp"

#include <chrono>
#include <cstddef>

namespace tributary::http::wire {

namespace {

constexpr std::size_t longest = 64;  // characters; nobody measures time in 40 decimals

/// Reads digits and single characters off the front of a text; sticks at the first misfit.
class reader {
 public:
  explicit reader(std::string_view text) noexcept : rest_(text) {}

  int digits(std::size_t count) noexcept {
    if (rest_.size() < count) return fail();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  /// The next character when it is one of `choices`, else 0 without a failure.
  char one_of(std::string_view choices) noexcept {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return 0;
    auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void expect(std::string_view choices) noexcept {
    if (one_of(choices) == 0) fail();
  }

  std::string_view fraction() noexcept {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    auto result = rest_.substr(0, count);
    if (count == 0) fail();
    rest_.remove_prefix(count);
    return result;
  }

  int fail() noexcept {
    good_ = false;
    return 0;
  }
  bool done() const noexcept { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct fields {
  int year, month, day, hour, minute, second;
  int offset = 0;  // minutes east of UTC
};

/// Minutes; the sign has been read.
int read_offset(reader& in, char sign) noexcept {
  int hours = in.digits(2);
  in.expect(":");
  int minutes = in.digits(2);
  if (hours > 23 || minutes > 59) in.fail();
  auto total = hours * 60 + minutes;
  return sign == '-' ? -total : total;
}

std::chrono::year_month_day date_of(std::int64_t seconds) noexcept {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds{std::chrono::seconds{seconds}});
}

/// RFC 3339, section 5.7 and appendix D: 23:59:60 UTC at the end of June or December.
bool leap_may_follow(std::int64_t seconds) noexcept {
  using namespace std::chrono;
  auto second_of_day = seconds - floor<days>(std::chrono::seconds{seconds}).count() * 86'400;
  auto date = date_of(seconds);
  return second_of_day == 86'399 && ((date.month() == June && date.day() == day{30}) ||
                                     (date.month() == December && date.day() == day{31}));
}

std::optional<instant> assemble(const fields& f, std::string_view fraction) noexcept {
  using namespace std::chrono;
  auto date =
      year{f.year} / month{static_cast<unsigned>(f.month)} / day{static_cast<unsigned>(f.day)};
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;
  instant result;
  result.leap = f.second == 60;
  result.fraction = fraction;
  auto day_start = std::int64_t{sys_days{date}.time_since_epoch().count()} * 86'400;
  result.seconds =
      day_start + (f.hour * 60 + f.minute - f.offset) * 60 + (result.leap ? 59 : f.second);
  if (result.leap && !leap_may_follow(result.seconds)) return std::nullopt;
  // An offset may push the first and last hours of the four-digit years out of them.
  auto utc_year = static_cast<int>(date_of(result.seconds).year());
  if (utc_year < 0 || utc_year > 9999) return std::nullopt;
  return result;
}

std::string_view without_trailing_zeros(std::string_view digits) noexcept {
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  return digits;
}

void append_number(std::string& out, unsigned value, int width) {
  char digits[4];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

}  // namespace

std::strong_ordering instant::operator<=>(const instant& other) const noexcept {
  if (auto order = seconds <=> other.seconds; order != 0) return order;
  if (auto order = leap <=> other.leap; order != 0) return order;
  // Without trailing zeros, decimals behind the point sort as text.
  auto order = without_trailing_zeros(fraction).compare(without_trailing_zeros(other.fraction));
  return order <=> 0;
}

std::optional<instant> parse_instant(std::string_view text) noexcept {
  if (text.size() > longest) return std::nullopt;
  reader in{text};
  fields f{};
  std::string_view fraction;
  f.year = in.digits(4);
  in.expect("-");
  f.month = in.digits(2);
  in.expect("-");
  f.day = in.digits(2);
  in.expect("Tt");
  f.hour = in.digits(2);
  in.expect(":");
  f.minute = in.digits(2);
  in.expect(":");
  f.second = in.digits(2);
  if (in.one_of(".") != 0) fraction = in.fraction();
  if (auto sign = in.one_of("+- "); sign != 0) {
    f.offset = read_offset(in, sign);
  } else {
    in.expect("Zz");
  }
  if (!in.done()) return std::nullopt;
  return assemble(f, fraction);
}

void append_utc(const instant& value, std::string& out) {
  auto date = date_of(value.seconds);
  auto rest =
      value.seconds - std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86'400;
  auto second_of_day = static_cast<unsigned>(rest);
  append_number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_number(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_number(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_number(out, second_of_day / 3600, 2);
  out += ':';
  append_number(out, second_of_day / 60 % 60, 2);
  out += ':';
  append_number(out, value.leap ? 60 : second_of_day % 60, 2);
  if (!value.fraction.empty()) {
    out += '.';
    out += value.fraction;
  }
  out += 'Z';
}

}  // namespace tributary::http::wire
