// SPDX-License-Identifier: MIT
#include "config/load.hpp"
#include "config/sections/aggregate_section.hpp"
#include "config/sections/market_section.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace tributary::config;

namespace {

environment fixed_environment() {
  return {[](const std::string& name) -> std::optional<std::string> {
            if (name == "PORT") return "0";
            if (name == "BRACES") return "{x}${PORT}";
            return std::nullopt;
          },
          [](const std::string&) -> std::optional<std::string> { return "text\n"; }};
}

}  // namespace

/// Any text is either a configuration, whose printed form can be made, or a list of errors.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto env = fixed_environment();
  static const section_list sections{
      {aggregate_section(),
       market_section({.own_settings = {{"coingecko", "tier", {"demo", "pro"}, "Its key."},
                                        {"alpha_vantage", "daily_rates", {}, "Calls twice."}}})}};
  auto result = load({reinterpret_cast<const char*>(data), size}, "fuzz.json", env, sections);
  if (result.value.has_value() != result.errors.empty()) std::abort();
  if (result.value) print_effective(*result.value, sections);
  errors_as_text(result);
  errors_as_json(result);
  return 0;
}
