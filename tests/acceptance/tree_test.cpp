// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime.hpp"
#include "config/sections/market_settings.hpp"
#include "support/gateway_fixture.hpp"
#include "support/generated.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace {

/// One actor and those below it, in the order in which they were started.
struct tree_node {
  std::uint64_t started = 0;
  std::map<std::string, tree_node> below{};
};

tree_node tree_of(running_gateway& gateway) {
  tree_node root;
  for (const auto& cell : gateway->threads().directory().snapshot()) {
    auto* at = &root;
    for (std::size_t begin = 1; begin < cell->path.size();) {
      const auto end = std::min(cell->path.find('/', begin), cell->path.size());
      at = &at->below[cell->path.substr(begin, end - begin)];
      begin = end + 1;
    }
    at->started = cell->actor_id;
  }
  return root;
}

/// What stands beside a line, by the name of the first actor on it.
const std::map<std::string, std::string, std::less<>> notes{
    {"redis", "with a Redis; `redis_cache` likewise where that is another one"},
    {"shared-breakers", "follows other instances' breakers; with a Redis only"},
    {"invalidation", "purges: here, in Redis, at other instances"},
    {"customer", "a branch for each upstream and provider"},
    {"breaker", "unless turned off"},
    {"limiter", "where a rate limit is configured"},
    {"part-cache", "answers of upstreams, where some part declares a cache"},
    {"cache", "whole answers"},
    {"market", "where market data is configured"},
    {"allowance-keeper", "counts of calls over restarts"},
    {"providers", "those that have what they need"},
    {"quote-book", "who has which quote, and who is asked for it next"},
    {"http", "the listeners"}};

/// `board` of `board-1`; a name that does not end in a number is its own.
std::string_view stem_of(std::string_view name) {
  const auto end = name.find_last_not_of("0123456789");
  return end == name.npos || name[end] != '-' ? name : name.substr(0, end);
}

struct drawn_group {
  std::string first;
  std::string names;
  std::vector<std::string> below;
};

std::vector<std::string> draw(const tree_node& at) {
  std::vector<std::pair<std::string, const tree_node*>> children;
  for (const auto& [name, child] : at.below) children.emplace_back(name, &child);
  std::ranges::sort(children, {}, [](const auto& each) { return each.second->started; });
  // Neighbours that look alike share a line; a note begins one.
  std::vector<drawn_group> groups;
  for (const auto& [name, child] : children) {
    auto below = draw(*child);
    if (!groups.empty() && !notes.contains(name) && groups.back().below == below &&
        (!below.empty() || stem_of(groups.back().first) == stem_of(name))) {
      groups.back().names += ", " + name;
    } else {
      groups.push_back({name, name, std::move(below)});
    }
  }
  std::vector<std::string> result;
  for (const auto& group : groups) {
    const auto is_last = &group == &groups.back();
    auto& line = result.emplace_back((is_last ? "└── " : "├── ") + group.names);
    const auto note = notes.find(group.first);
    if (note != notes.end()) line += "   " + note->second;
    for (const auto& each : group.below) result.push_back((is_last ? "    " : "│   ") + each);
  }
  return result;
}

}  // namespace

TEST_CASE("the README draws the supervision tree that runs", "[operation][generated]") {
  redis_server redis;
  const three_services services;
  const temporary_folder folder;
  auto settings = local_with_jobs(
      config::load_shipped(
          environment_of({{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(redis.port())},
                          {"FINNHUB_API_KEY", "key"},
                          {"COINMARKETCAP_API_KEY", "key"},
                          {"ALPHA_VANTAGE_API_KEY", "key"},
                          {"CUSTOMER_URL", services.customer.url()},
                          {"MASTER_DATA_URL", services.master.url()},
                          {"TRANSACTION_URL", services.transaction.url()},
                          {"ACTIVE_SYMBOLS", " "}}),
          http::server::all_sections()),
      folder);
  for (auto& each : settings.upstreams) each.rate_limit = config::rate_limit_settings{.rate = 1000};
  alter_endpoint(settings, [](auto& endpoint) {
    endpoint.parts.front().cache = config::part_cache_settings{};
  });
  running_gateway gateway{std::move(settings)};
  std::string drawn = "```\nroot\n";
  for (const auto& line : draw(tree_of(gateway))) drawn += line + "\n";
  check_section("README.md", "tree", drawn + "```\n");
}

}  // namespace tributary::tests
