// SPDX-License-Identifier: MIT
#include "config/sections/aggregate_section.hpp"

#include "config/sections/checks.hpp"
#include "config/sections/key_language.hpp"
#include "config/sections/tables.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

namespace tributary::config {

namespace {

/// The path of an endpoint with its parameters' names left out and its escapes decoded, but for
/// that of the slash: what a router can tell apart.
std::string route_of(std::string_view path) {
  std::string result;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '{') {
      at = std::min(path.find('}', at), path.size());
      result += '\0';  // in no path otherwise
    } else if (c == '%' && path.size() - at > 2) {
      // What is no digit has been complained of.
      const auto byte = static_cast<char>(http::wire::hex_value(path[at + 1]) * 16 +
                                          http::wire::hex_value(path[at + 2]));
      byte == '/' ? result += "%2F" : result += byte;
      at += 2;
    } else {
      result += c;
    }
  }
  return result;
}

void check_routes(const std::vector<endpoint_settings>& endpoints, const section_scope& scope) {
  std::map<std::string, std::string> seen;
  for (const auto& path : scope.taken_paths) seen.emplace(route_of(path), "");
  for (const auto& endpoint : endpoints) {
    const auto [known, fresh] = seen.emplace(route_of(endpoint.path), endpoint.name);
    if (fresh || endpoint.path.empty()) continue;
    scope.out.add(key_path{"endpoints", endpoint.name, "path"},
                  known->second.empty()
                      ? "this path is the server's own"
                      : "the endpoint " + cited(known->second) + " has this path already");
  }
}

/// The keys of an endpoint's cache, and its place in the file.
struct endpoint_keys_found {
  const endpoint_settings* endpoint;
  std::size_t place;
  key_language keys;
  bool refused = false;
};

key_path key_of(const endpoint_settings& endpoint) {
  return {"endpoints", endpoint.name, "cache", "key"};
}

/// Refuses a key by which one request could get what another has made: of two values that run into
/// each other, or of another endpoint, whatever its clients send. Sorted by how they begin, since
/// most of many endpoints begin differently.
void check_keys(const std::vector<endpoint_settings>& endpoints, complaint& out) {
  std::vector<endpoint_keys_found> all;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    if (!endpoints[i].cache || endpoints[i].cache->key.empty()) continue;
    all.push_back({&endpoints[i], i, key_language{endpoints[i]}});
    if (const auto& [first, second] = all.back().keys.confused(); !first.empty()) {
      out.add(key_of(endpoints[i]), "nothing tells where the value of " + cited(first) +
                                        " ends and that of " + cited(second) +
                                        " begins; put a `:` between them");
    }
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.keys.beginning() < b.keys.beginning(); });
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (!all[j].keys.beginning().starts_with(all[i].keys.beginning())) break;
      auto& later = all[i].place < all[j].place ? all[j] : all[i];
      auto& earlier = all[i].place < all[j].place ? all[i] : all[j];
      if (later.refused || !later.keys.meets(earlier.keys)) continue;
      later.refused = true;
      out.add(key_of(*later.endpoint),
              "can make a key that the endpoint " + cited(earlier.endpoint->name) +
                  " makes too, and clients would get its answers; begin each key with a text of "
                  "its own",
              later.endpoint->name + ":" + later.endpoint->cache->key);
    }
  }
}

/// What is stored must fit into a reply.
void check_replies(const redis_settings& redis, const memory_cache_settings& answers,
                   complaint& out) {
  if (redis.main && answers.max_bytes != 0 && redis.max_reply < answers.max_object) {
    out.add({"redis", "max_reply"}, "smaller than `cache.max_object`, " +
                                        print_bytes(answers.max_object) +
                                        ": what is stored could not be read");
  }
}

class aggregates final : public section_of<aggregate_settings> {
 public:
  std::string name() const override { return "aggregates"; }

  std::vector<top_key> keys() const override {
    using s = aggregate_settings;
    return {
        at_top(key("cache", &s::cache, object(memory_cache_keys()),
                   "The cache of whole answers, in memory."),
               "runtime"),
        at_top(key("part_cache", &s::part_cache, object(memory_cache_keys()),
                   "The cache of upstream answers, in memory."),
               "cache"),
        at_top(key("endpoints", &s::endpoints, named_objects(endpoint_keys(), unbounded),
                   "The aggregated endpoints, by name."),
               "upstreams"),
    };
  }

  void begin(settings& target) const override { target.sections.put(aggregate_settings{}); }

 private:
  void check(aggregate_settings& value, const section_scope& scope) const override {
    check_memory_cache("cache", value.cache, scope.out);
    check_memory_cache("part_cache", value.part_cache, scope.out);
    check_replies(scope.all.redis, value.cache, scope.out);
    for (auto& endpoint : value.endpoints) {
      check_endpoint(endpoint, scope.upstreams, scope.all.key_prefixes, scope.out);
    }
    check_routes(value.endpoints, scope);
    check_keys(value.endpoints, scope.out);
  }
};

}  // namespace

section_ptr aggregate_section() { return std::make_shared<aggregates>(); }

const aggregate_settings& aggregates_of(const settings& all) {
  static const aggregate_settings none;
  const auto* found = all.section<aggregate_settings>();
  return found == nullptr ? none : *found;
}

}  // namespace tributary::config
