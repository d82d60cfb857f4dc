// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "config/url.hpp"

#include <algorithm>
#include <map>

namespace tributary::config {

namespace {

void check_listeners(const settings& s, complaint& out) {
  if (judge_address(s.server.address) == address_kind::invalid)
    out.add({"server", "address"}, "expected an IP address",
            s.server.address == "localhost" ? "127.0.0.1" : "");
  auto admin = judge_address(s.admin.address);
  if (admin == address_kind::invalid)
    out.add({"admin", "address"}, "expected an IP address",
            s.admin.address == "localhost" ? "127.0.0.1" : "");
  if (admin == address_kind::other && s.admin.token.empty())
    out.add({"admin", "address"},
            "an address that is not loopback needs `admin.token`: anyone could purge and inspect",
            "127.0.0.1");
  if (!s.admin.token.empty() && s.admin.token.size() < 16)
    out.add({"admin", "token"}, "shorter than 16 bytes, which can be guessed");
  bool printable = std::all_of(s.admin.token.begin(), s.admin.token.end(),
                               [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable) out.add({"admin", "token"}, "a token has printable ASCII characters only");
  if (s.admin.port != 0 && s.admin.port == s.server.port)
    out.add({"admin", "port"}, "the same as `server.port`");
}

void check_breaker(const key_path& path, const breaker_settings& breaker, complaint& out) {
  if (breaker.open_max < breaker.open_for)
    out.add(path / "open_max", "shorter than `open_for`");
  if (breaker.window.count() < static_cast<std::int64_t>(breaker.buckets))
    out.add(path / "buckets", "a bucket would be shorter than a millisecond");
}

void check_upstream(upstream_settings& upstream, complaint& out) {
  key_path path{"upstreams", upstream.name};
  upstream_url url;
  if (auto wrong = parse_upstream_url(upstream.url, url); !wrong.empty())
    out.add(path / "url", wrong);
  upstream.tls = url.tls;
  upstream.host = std::move(url.host);
  upstream.port = url.port;
  upstream.path_prefix = std::move(url.path_prefix);
  if (!is_token(upstream.deadline_header))
    out.add(path / "deadline_header", "not the name of a header field");
  if (upstream.max_idle_connections > upstream.max_connections) {
    bool given = out.find(path / "max_idle_connections") != nullptr;
    out.add(path / (given ? "max_idle_connections" : "max_connections"),
            "more idle connections than connections (`max_idle_connections` is " +
                std::to_string(upstream.max_idle_connections) + ")");
  }
  if (upstream.timeout && *upstream.timeout < upstream.connect_timeout &&
      out.find(path / "connect_timeout") != nullptr)
    out.add(path / "connect_timeout", "longer than `timeout` of the same upstream");
  if (!upstream.tls && out.find(path / "tls") != nullptr && !upstream.host.empty())
    out.add(path / "tls", "has no effect on an `http` URL", "https://");
  check_breaker(path / "breaker", upstream.breaker, out);
}

/// The path of an endpoint with its parameters' names left out: what a router can tell apart.
std::string route_of(std::string_view path) {
  std::string out;
  bool inside = false;
  for (char c : path) {
    if (!inside) out += c;
    if (c == '{') inside = true;
    if (c == '}' && inside) {
      inside = false;
      out += c;
    }
  }
  return out;
}

void check_routes(const settings& s, complaint& out) {
  std::map<std::string, std::string> seen{{"/health", ""}, {"/livez", ""}, {"/readyz", ""}};
  for (auto& endpoint : s.endpoints) {
    auto [known, fresh] = seen.emplace(route_of(endpoint.path), endpoint.name);
    if (fresh || endpoint.path.empty()) continue;
    out.add(key_path{"endpoints", endpoint.name, "path"},
            known->second.empty() ? "this path is the server's own"
                                  : "the endpoint `" + known->second + "` has this path already");
  }
}

}  // namespace

void complaint::add(const key_path& path, std::string message, std::string suggestion) {
  if (!errors_.concerns(path))
    errors_.add(path, find_nearest(root_, path).where, std::move(message), std::move(suggestion));
}

void complaint::add_name(const key_path& path, std::string message, std::string suggestion) {
  if (!errors_.concerns(path))
    errors_.add(path, find_nearest(root_, path).name_where, std::move(message),
                std::move(suggestion));
}

const node* complaint::find(const key_path& path) const {
  auto* parent = &root_;
  for (auto& segment : path) {
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

void check(const node& root, settings& target, error_list& errors) {
  complaint out{root, errors};
  check_listeners(target, out);
  if (target.cache.max_bytes != 0 && target.cache.max_object > target.cache.max_bytes)
    out.add({"cache", "max_object"}, "larger than `cache.max_bytes`");
  std::vector<std::string> upstreams;
  for (auto& upstream : target.upstreams) {
    check_upstream(upstream, out);
    upstreams.push_back(upstream.name);
  }
  for (auto& endpoint : target.endpoints) check_endpoint(endpoint, upstreams, out);
  check_routes(target, out);
}

}  // namespace tributary::config
