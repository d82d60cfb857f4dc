// SPDX-License-Identifier: MIT
#include "config/sections/parameter_default_check.hpp"

#include "config/character_set.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace tributary::config {

namespace {

/// Unicode characters of valid UTF-8: every byte but continuations.
std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string judge_string(const parameter_settings& parameter, std::string_view value) {
  const auto length = characters_in(value);
  if (length < parameter.min_length || length > parameter.max_length) {
    return "not between `min_length` and `max_length`";
  }
  const auto allowed = parse_character_set(parameter.characters);
  if (allowed &&
      !std::all_of(value.begin(), value.end(), [&](unsigned char c) { return allowed->test(c); })) {
    return "not in `characters`";
  }
  return {};
}

std::string judge_number(const parameter_settings& parameter, std::string_view value) {
  double number = 0;
  const auto end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || stop != end || !std::isfinite(number)) return "not a number";
  const bool digits = std::all_of(value.begin() + (value.front() == '-' ? 1 : 0), value.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (parameter.type == parameter_type::integer && !digits) return "not an integer";
  if ((parameter.minimum && number < *parameter.minimum) ||
      (parameter.maximum && number > *parameter.maximum)) {
    return "not between `minimum` and `maximum`";
  }
  return {};
}

/// Two digits at `at`, or -1.
int two_digits(std::string_view text, std::size_t at) {
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (!digit(at) || !digit(at + 1)) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool is_offset(std::string_view text) {
  if (text == "Z" || text == "z") return true;
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
         two_digits(text, 1) >= 0 && two_digits(text, 1) < 24 && two_digits(text, 4) >= 0 &&
         two_digits(text, 4) < 60;
}

/// The shape of RFC 3339, section 5.6, with its calendar.
bool is_instant(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' ||
      std::string_view{"Tt "}.find(text[10]) == std::string_view::npos) {
    return false;
  }
  const int century = two_digits(text, 0), year = two_digits(text, 2), month = two_digits(text, 5);
  const int day = two_digits(text, 8), hour = two_digits(text, 11), minute = two_digits(text, 14);
  const int second = two_digits(text, 17);
  if (century < 0 || year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year{century * 100 + year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return false;
  auto rest = text.substr(19);
  if (rest.front() == '.') {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return false;
    rest.remove_prefix(end);
  }
  return is_offset(rest);
}

bool is_interval(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return is_instant(text);
  return is_instant(text.substr(0, slash)) && is_instant(text.substr(slash + 1));
}

std::string judge_parts(std::string_view value, const endpoint_settings& endpoint) {
  if (value == "all") return {};
  std::set<std::string_view> seen;
  while (true) {
    const auto comma = value.find(',');
    const auto name = value.substr(0, comma);
    const bool known = std::any_of(endpoint.parts.begin(), endpoint.parts.end(),
                                   [&](const part_settings& part) { return part.name == name; });
    if (!known || !seen.insert(name).second) return "neither `all` nor a list of the parts";
    if (comma == std::string_view::npos) return {};
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string judge_default(const parameter_settings& parameter, const endpoint_settings& endpoint) {
  const std::string_view value = *parameter.default_value;
  if (value.empty()) return "an empty value is never valid";
  switch (parameter.type) {
    case parameter_type::string:
      return judge_string(parameter, value);
    case parameter_type::integer:
    case parameter_type::number:
      return judge_number(parameter, value);
    case parameter_type::boolean:
      return value == "true" || value == "false" ? "" : "neither `true` nor `false`";
    case parameter_type::one_of: {
      const auto& values = parameter.values;
      return std::find(values.begin(), values.end(), value) != values.end() ? ""
                                                                            : "not in `values`";
    }
    case parameter_type::instant:
      return is_instant(value) ? "" : "not an RFC 3339 instant";
    case parameter_type::interval:
      return is_interval(value) ? "" : "neither an RFC 3339 instant nor two with `/`";
    case parameter_type::parts:
      return judge_parts(value, endpoint);
  }
  return {};
}

}  // namespace tributary::config
