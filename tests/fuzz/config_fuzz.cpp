// SPDX-License-Identifier: MIT
#include "config/load.hpp"

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
  auto result = load({reinterpret_cast<const char*>(data), size}, "fuzz.json", env);
  if (result.value.has_value() != result.errors.empty()) std::abort();
  if (result.value) print_effective(*result.value);
  errors_as_text(result);
  errors_as_json(result);
  return 0;
}
