// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "config/built_in.hpp"
#include "config/environment.hpp"
#include "config/url.hpp"

#include <algorithm>
#include <map>

namespace tributary::config {

namespace {

void check_listeners(const settings& s, complaint& out) {
  if (judge_address(s.server.address) == address_kind::invalid) {
    out.add({"server", "address"}, "expected an IP address",
            s.server.address == "localhost" ? "127.0.0.1" : "");
  }
  const auto admin = judge_address(s.admin.address);
  if (admin == address_kind::invalid) {
    out.add({"admin", "address"}, "expected an IP address",
            s.admin.address == "localhost" ? "127.0.0.1" : "");
  }
  if (admin == address_kind::other && s.admin.token.empty()) {
    out.add({"admin", "address"},
            "an address that is not loopback needs `admin.token`: anyone could purge and inspect",
            "127.0.0.1");
  }
  if (!s.admin.token.empty() && s.admin.token.size() < 16) {
    out.add({"admin", "token"}, "shorter than 16 bytes, which can be guessed");
  }
  const bool printable = std::all_of(s.admin.token.begin(), s.admin.token.end(),
                                     [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable) out.add({"admin", "token"}, "a token has printable ASCII characters only");
  if (s.admin.port != 0 && s.admin.port == s.server.port) {
    out.add({"admin", "port"}, "the same as `server.port`");
  }
}

void check_cache(const std::string& name, const memory_cache_settings& cache, complaint& out) {
  if (cache.max_bytes != 0 && cache.max_object > cache.max_bytes) {
    out.add({name, "max_object"}, "larger than " + cited(name + ".max_bytes"));
  }
}

/// The path of an endpoint with its parameters' names left out: what a router can tell apart.
std::string route_of(std::string_view path) {
  std::string result;
  bool inside = false;
  for (const char c : path) {
    if (!inside) result += c;
    if (c == '{') inside = true;
    if (c == '}' && inside) {
      inside = false;
      result += c;
    }
  }
  return result;
}

void check_routes(const settings& s, complaint& out) {
  using namespace built_in;
  std::map<std::string, std::string> seen;
  for (const auto path : {livez_path, readyz_path, health_path}) seen.emplace(path, "");
  if (s.market.enabled) {
    for (const auto path : {quotes_path, quote_stream_path, assets_path}) {
      seen.emplace(route_of(path), "");
    }
  }
  for (const auto& endpoint : s.endpoints) {
    const auto [known, fresh] = seen.emplace(route_of(endpoint.path), endpoint.name);
    if (fresh || endpoint.path.empty()) continue;
    out.add(key_path{"endpoints", endpoint.name, "path"},
            known->second.empty()
                ? "this path is the server's own"
                : "the endpoint " + cited(known->second) + " has this path already");
  }
}

}  // namespace

void complaint::add(const key_path& path, std::string message, std::string suggestion) {
  if (errors_.concerns(path)) return;
  const auto& at = find_nearest(root_, path);
  attribute(at, message, suggestion);
  errors_.add(path, at.where, std::move(message), std::move(suggestion));
}

void complaint::add_name(const key_path& path, std::string message, std::string suggestion) {
  if (!errors_.concerns(path)) {
    errors_.add(path, find_nearest(root_, path).name_where, std::move(message),
                std::move(suggestion));
  }
}

const node* complaint::find(const key_path& path) const {
  auto* parent = &root_;
  for (const auto& segment : path) {
    parent = parent->kind == node_kind::object ? find_member(*parent, segment) : nullptr;
    if (parent == nullptr) return nullptr;
  }
  return parent;
}

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

key_path operator/(key_path path, std::string segment) {
  path.push_back(std::move(segment));
  return path;
}

void check(const node& root, const market_vocabulary& known, settings& target, error_list& errors) {
  complaint result{root, errors};
  check_listeners(target, result);
  check_cache("cache", target.cache, result);
  check_cache("part_cache", target.part_cache, result);
  check_redis(target.redis, target.cache, result);
  std::vector<std::string> upstreams;
  for (auto& upstream : target.upstreams) {
    check_upstream(upstream, result);
    upstreams.push_back(upstream.name);
  }
  for (auto& endpoint : target.endpoints) check_endpoint(endpoint, upstreams, result);
  check_routes(target, result);
  if (target.market.enabled) check_market(target.market, upstreams, known, result);
}

}  // namespace tributary::config
