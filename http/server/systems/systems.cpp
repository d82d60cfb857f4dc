// SPDX-License-Identifier: MIT
#include "http/server/systems/systems.hpp"

#include "http/server/systems/aggregate_system.hpp"
#include "http/server/systems/jobs_system.hpp"
#include "http/server/systems/market_system.hpp"
#include "http/server/systems/operations_system.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::server {

const std::vector<system_declaration>& all_systems() {
  // To add a system: its declaration, one line here.
  static const std::vector<system_declaration> result{
      operations_system::declaration(),
      aggregate_system::declaration(),
      market_system::declaration(),
      jobs_system::declaration(),
  };
  return result;
}

const config::section_list& all_sections() {
  static const config::section_list result{[] {
    std::vector<config::section_ptr> sections;
    for (const auto& each : all_systems()) {
      if (each.section != nullptr) sections.push_back(each.section);
    }
    return sections;
  }()};
  return result;
}

role_set all_roles() {
  role_set result;
  for (const auto& each : all_systems()) result.insert(each.roles.begin(), each.roles.end());
  return result;
}

std::string judge_role(std::string_view role) {
  const auto known = all_roles();
  if (known.contains(role)) return {};
  std::string result = "there is no role `" + std::string{role} + "`; there are: ";
  auto separator = "";
  for (const auto& each : known) result.append(std::exchange(separator, ", ")).append(each);
  return result;
}

std::vector<const system_declaration*> systems_of(const config::settings& settings,
                                                  const role_set& roles) {
  std::vector<const system_declaration*> result;
  for (const auto& each : all_systems()) {
    const auto is_wanted =
        each.roles.empty() || std::ranges::any_of(each.roles, [&](std::string_view role) {
          return roles.contains(role);
        });
    const auto is_there = each.section == nullptr || each.section->is_in(settings);
    if (is_wanted && is_there) result.push_back(&each);
  }
  return result;
}

}  // namespace tributary::http::server
