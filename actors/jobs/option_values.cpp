// SPDX-License-Identifier: MIT
#include "actors/jobs/option_values.hpp"

#include "http/wire/instant.hpp"
#include "http/wire/json_string.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tributary::actors::jobs {

namespace {

using providers::jobs::instant;
using providers::jobs::milliseconds;

constexpr double most_milliseconds = 10'000.0 * 366 * 86'400 * 1'000;

/// Milliseconds of a unit; nothing for what is none.
std::optional<double> unit_of(std::string_view name) noexcept {
  if (name == "ms") return 1;
  if (name == "s") return 1'000;
  if (name == "m") return 60'000;
  if (name == "h") return 3'600'000;
  if (name == "d") return 86'400'000;
  return std::nullopt;
}

/// A decimal number times a unit.
std::optional<milliseconds> scaled(std::string_view number, double unit) noexcept {
  double value = 0;
  const auto* end = number.data() + number.size();
  const auto [stopped, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  const auto result = std::round(value * unit);
  if (!(result >= 0 && result <= most_milliseconds)) return std::nullopt;
  return milliseconds{static_cast<std::int64_t>(result)};
}

/// The first three decimals of a fraction of a second.
milliseconds fraction_of(std::string_view digits) noexcept {
  std::int64_t result = 0;
  for (std::size_t i = 0; i < 3; ++i)
    result = result * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return milliseconds{result};
}

}  // namespace

std::optional<std::string> read_string(std::string_view json) {
  if (!json.starts_with('"')) return std::nullopt;
  return http::wire::unescape_json(json);
}

std::optional<milliseconds> read_duration(std::string_view json) {
  const auto text = read_string(json);
  if (!text) return scaled(json, 1'000);
  const auto number = std::string_view{*text}.substr(0, text->find_first_not_of("0123456789."));
  const auto unit = unit_of(std::string_view{*text}.substr(number.size()));
  // What a number of JSON may not look like is none here either.
  if (!unit || number.starts_with('.') || number.ends_with('.')) return std::nullopt;
  return scaled(number, *unit);
}

std::optional<instant> read_instant(std::string_view json) {
  const auto text = read_string(json);
  // A blank stands for `+` in queries only.
  if (!text || text->find(' ') != text->npos) return std::nullopt;
  const auto parsed = http::wire::parse_instant(*text);
  if (!parsed) return std::nullopt;
  const std::chrono::sys_seconds second{
      std::chrono::seconds{parsed->seconds + (parsed->leap ? 1 : 0)}};
  return instant{second} + (parsed->leap ? milliseconds{0} : fraction_of(parsed->fraction));
}

std::optional<std::uint32_t> read_count(std::string_view json, std::uint32_t most) noexcept {
  std::uint32_t result = 0;
  const auto* end = json.data() + json.size();
  const auto [stopped, error] = std::from_chars(json.data(), end, result);
  if (error != std::errc{} || stopped != end || result > most) return std::nullopt;
  return result;
}

}  // namespace tributary::actors::jobs
