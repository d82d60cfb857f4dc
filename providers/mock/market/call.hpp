// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/meter.hpp"
#include "providers/mock/market/universe.hpp"
#include "providers/mock/request.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::providers::mock::market {

/// What the knobs say about a provider's rate limits.
struct limit_rules {
  bool on = true;
  std::uint32_t instead = 0;  ///< of the provider's own number; 0: as it really is
};

/// One request to a provider, taken apart. Whatever it refers to lives until it is answered.
struct call {
  std::string path;  ///< decoded, without the provider's prefix
  const std::vector<std::pair<std::string, std::string>>& parameters;  ///< decoded
  const header_fields& headers;
  std::chrono::sys_time<std::chrono::milliseconds> now;
  const universe& world;
  meter& usage;
  limit_rules limits;

  sys_seconds second() const { return std::chrono::floor<std::chrono::seconds>(now); }
  /// The first one of that name; empty when there is none.
  std::string_view parameter(std::string_view name) const;
  /// A parameter as a whole number from `low` to `high`; `otherwise` when it is none.
  std::size_t number(std::string_view name, std::size_t otherwise, std::size_t low,
                     std::size_t high) const;
  /// Counts the request of `who` in its window, with `own` as the provider's limit. Never over when
  /// limits are off, or when there is none (0).
  meter::reading count(std::string_view who, std::uint32_t own, std::chrono::seconds window) const;
};

/// What a provider does with a path.
struct route {
  std::string_view path;
  reply (*answer)(const call&);
  bool prefix = false;  ///< all that begins with `path`
};

/// The route of a path, or nullptr.
const route* find_route(std::span<const route> table, std::string_view path);

/// A whole answer.
reply make_reply(unsigned status, std::string body, std::string_view content_type);
/// Adds `Name: value` to its header.
void add_field(reply& to, std::string_view name, std::string_view value);

/// True for well-formed UTF-8 (RFC 3629): JSON can hold no other text.
bool is_utf8(std::string_view text);
/// The parts of a list; empty ones are left out.
std::vector<std::string_view> split(std::string_view list, char separator = ',');
std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// True when `text` contains `part`, which is in lower case; ASCII letters in any case.
bool contains_word(std::string_view text, std::string_view part);

/// Rounded to so many decimal places.
double rounded(double value, int places);
/// As many places as a price of this size is usually given with.
int places_of(double price);
/// `1.0800`
std::string fixed(double value, int places);
/// `2025-11-21T19:59:20.000Z`
std::string iso_time(std::chrono::sys_time<std::chrono::milliseconds> at);
/// `2025-11-21`
std::string iso_date(sys_seconds at);
/// `2025-11-21 19:59:20`
std::string date_and_time(sys_seconds at);

}  // namespace tributary::providers::mock::market
