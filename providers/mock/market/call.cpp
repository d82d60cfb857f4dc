// SPDX-License-Identifier: MIT
#include "providers/mock/market/call.hpp"

#include "http/wire/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace tributary::providers::mock::market {

namespace {

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

struct calendar {
  int year;
  unsigned month, day;
  long long hours, minutes, seconds;
};

calendar calendar_of(sys_seconds at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return {int{date.year()},     unsigned{date.month()}, unsigned{date.day()},
          time.hours().count(), time.minutes().count(), time.seconds().count()};
}

}  // namespace

std::string_view call::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::size_t call::number(std::string_view name, std::size_t otherwise, std::size_t low,
                         std::size_t high) const {
  const auto text = parameter(name);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size();
  return good && value >= low && value <= high ? value : otherwise;
}

meter::reading call::count(std::string_view who, std::uint32_t own,
                           std::chrono::seconds window) const {
  auto limit = limits.instead > 0 ? limits.instead : own;
  if (!limits.on || limit == 0) limit = std::numeric_limits<std::uint32_t>::max();
  return usage.take(who, limit, window, second());
}

const route* find_route(std::span<const route> table, std::string_view path) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const route& each) {
    return each.prefix ? path.starts_with(each.path) : path == each.path;
  });
  return found == table.end() ? nullptr : &*found;
}

reply make_reply(unsigned status, std::string body, std::string_view content_type) {
  reply result;
  result.status = status;
  result.owned = std::move(body);
  result.content_type = content_type;
  return result;
}

void add_field(reply& to, std::string_view name, std::string_view value) {
  to.fields += name;
  to.fields += ": ";
  to.fields += value;
  to.fields += "\r\n";
}

bool is_utf8(std::string_view text) { return http::wire::count_characters(text).has_value(); }

std::vector<std::string_view> split(std::string_view list, char separator) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    if (end > 0) parts.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), ascii_upper);
  return result;
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), ascii_lower);
  return result;
}

bool contains_word(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return ascii_lower(a) == b; }) != text.end();
}

double rounded(double value, int places) {
  const auto scale = std::pow(10, places);
  return std::round(value * scale) / scale;
}

int places_of(double price) {
  if (price >= 10) return 2;
  if (price >= 0.1) return 4;
  return price >= 0.001 ? 6 : 12;
}

std::string fixed(double value, int places) {
  std::array<char, 64> text;
  const auto size = std::snprintf(text.data(), text.size(), "%.*f", places, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string iso_time(std::chrono::sys_time<std::chrono::milliseconds> at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto c = calendar_of(second);
  std::array<char, 64> text;
  const auto size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02lld:%02lld:%02lld.%03lldZ", c.year, c.month,
      c.day, c.hours, c.minutes, c.seconds, static_cast<long long>((at - second).count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string iso_date(sys_seconds at) { return iso_time(at).substr(0, 10); }

std::string date_and_time(sys_seconds at) {
  auto text = iso_time(at).substr(0, 19);
  text[10] = ' ';
  return text;
}

}  // namespace tributary::providers::mock::market
