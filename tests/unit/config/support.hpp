// SPDX-License-Identifier: MIT
#pragma once

#include "config/load.hpp"

#include <map>
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

inline config::load_result load_text(std::string_view text,
                                     const config::environment& env = environment_of(),
                                     const config::market_vocabulary& known = {}) {
  return config::load(text, "test.json", env, known);
}

}  // namespace tributary::tests
