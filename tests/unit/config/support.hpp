// SPDX-License-Identifier: MIT
#pragma once

#include "config/load.hpp"
#include "config/sections/aggregate_section.hpp"
#include "config/sections/jobs_section.hpp"
#include "config/sections/market_section.hpp"

#include <map>
#include <stdexcept>
#include <string>

namespace tributary::tests {

/// Variables and files out of maps instead of the process's own.
inline config::environment environment_of(std::map<std::string, std::string> variables = {},
                                          std::map<std::string, std::string> files = {}) {
  auto look_up = [](const auto& map, const std::string& name) -> std::optional<std::string> {
    auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional<std::string>{found->second};
  };
  return {[=](const std::string& name) { return look_up(variables, name); },
          [=](const std::string& path) { return look_up(files, path); }};
}

/// The sections of all systems, market data with any names of providers and symbols, and with two
/// of the settings that single providers have.
inline const config::section_list& all_sections() {
  static const config::section_list result{
      {config::aggregate_section(),
       config::market_section(
           {.own_settings = {{"coingecko", "tier", {"demo", "pro"}, "The kind of its key."},
                             {"alpha_vantage", "daily_rates", {}, "Calls twice."}}}),
       config::jobs_section()}};
  return result;
}

inline config::load_result load_text(std::string_view text,
                                     const config::environment& env = environment_of(),
                                     const config::section_list& sections = all_sections()) {
  return config::load(text, "test.json", env, sections);
}

/// The section of aggregates, which is always there.
inline const config::aggregate_settings& aggregates(const config::settings& all) {
  return *all.section<config::aggregate_settings>();
}

/// The section of market data; the test fails by exception when there is none.
inline const config::market_settings& market(const config::settings& all) {
  if (const auto* found = all.section<config::market_settings>()) return *found;
  throw std::runtime_error{"no market data"};
}

/// The section of jobs; the test fails by exception when there is none.
inline const config::jobs_settings& jobs_of(const config::settings& all) {
  if (const auto* found = all.section<config::jobs_settings>()) return *found;
  throw std::runtime_error{"no jobs"};
}

}  // namespace tributary::tests
