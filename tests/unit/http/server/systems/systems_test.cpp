// SPDX-License-Identifier: MIT
#include "http/server/systems/systems.hpp"

#include "config/load.hpp"
#include "config/sections/market_section.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace tributary::http::server {

namespace {

config::settings shipped_settings() {
  config::environment env;
  env.variable = [](const std::string&) { return std::optional<std::string>{}; };
  env.file = [](const std::string&) { return std::optional<std::string>{}; };
  auto loaded = config::load_shipped(env, all_sections());
  REQUIRE(loaded.value);
  return std::move(*loaded.value);
}

std::vector<std::string> names_of(const std::vector<const system_declaration*>& systems) {
  std::vector<std::string> result;
  for (const auto* each : systems) result.emplace_back(each->name);
  return result;
}

}  // namespace

TEST_CASE("each system has a name of its own and can be made", "[systems]") {
  std::set<std::string_view> names;
  for (const auto& each : all_systems()) {
    CHECK(names.insert(each.name).second);
    CHECK(each.make != nullptr);
  }
}

TEST_CASE("a role that no system has is told with those there are", "[systems]") {
  CHECK(judge_role("api").empty());
  CHECK(judge_role("apl") == "there is no role `apl`; there are: api, worker");
  CHECK_FALSE(judge_role("").empty());
}

TEST_CASE("a process has the systems of its roles and its configuration", "[systems]") {
  auto settings = shipped_settings();
  using names = std::vector<std::string>;
  CHECK(names_of(systems_of(settings, {"api"})) ==
        names{"operations", "aggregates", "market", "jobs"});
  CHECK(names_of(systems_of(settings, {"worker"})) == names{"operations", "jobs"});
  CHECK(names_of(systems_of(settings, {"other"})) == names{"operations"});
  CHECK(names_of(systems_of(settings, {})) == names{"operations"});
  settings.sections.drop<config::market_settings>();
  CHECK(names_of(systems_of(settings, {"api"})) == names{"operations", "aggregates", "jobs"});
}

}  // namespace tributary::http::server
