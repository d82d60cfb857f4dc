// SPDX-License-Identifier: MIT
#pragma once

#include "config/section_list.hpp"
#include "http/server/systems/system.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::server {

/// All systems of Tributary, in the order in which their actors start. Made at the first call; any
/// thread.
const std::vector<system_declaration>& all_systems();

/// What they bring to the configuration.
const config::section_list& all_sections();

/// The roles that some system has: what `serve --roles` can name, and what a process has by
/// default.
role_set all_roles();

/// What is wrong with `role`, naming those there are; empty when some system has it.
std::string judge_role(std::string_view role);

/// The systems that a process with these roles and settings has.
std::vector<const system_declaration*> systems_of(const config::settings& settings,
                                                  const role_set& roles);

}  // namespace tributary::http::server
