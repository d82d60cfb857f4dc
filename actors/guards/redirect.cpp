// SPDX-License-Identifier: MIT
#include "actors/guards/redirect.hpp"

#include "http/wire/characters.hpp"

#include <boost/url.hpp>

#include <utility>

namespace tributary::actors::guards {

namespace {

namespace urls = boost::urls;

std::string_view to_view(urls::string_view text) noexcept { return {text.data(), text.size()}; }

bool redirects(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Scheme, host and port, where the scheme has one of its own (RFC 6454, 4).
bool same_origin(const urls::url_view& url, const config::upstream_settings& upstream) {
  const auto scheme = upstream.tls ? urls::scheme::https : urls::scheme::http;
  if (url.scheme_id() != scheme || url.has_userinfo()) return false;
  const auto usual = static_cast<std::uint16_t>(upstream.tls ? 443 : 80);
  const auto port = url.has_port() && !url.port().empty() ? url.port_number() : usual;
  return port == upstream.port && http::wire::same_without_case(url.host_address(), upstream.host);
}

std::string origin_of(const config::upstream_settings& upstream) {
  std::string result = upstream.tls ? "https://" : "http://";
  const auto bare_ipv6 = upstream.host.find(':') != std::string::npos;
  if (bare_ipv6) result += '[';
  result += upstream.host;
  if (bare_ipv6) result += ']';
  return result.append(":").append(std::to_string(upstream.port));
}

}  // namespace

std::optional<std::string> redirect_target(const config::upstream_settings& upstream,
                                           std::string_view method, std::string_view target,
                                           int status, std::string_view location) {
  if (!redirects(status) || (method != "GET" && method != "HEAD") || location.empty()) {
    return std::nullopt;
  }
  const auto base_text = origin_of(upstream).append(target);
  const auto base = urls::parse_uri({base_text.data(), base_text.size()});
  const auto reference = urls::parse_uri_reference({location.data(), location.size()});
  if (base.has_error() || reference.has_error()) return std::nullopt;
  urls::url resolved;
  if (urls::resolve(*base, *reference, resolved).has_error()) return std::nullopt;
  if (!same_origin(resolved, upstream)) return std::nullopt;
  std::string result{to_view(resolved.encoded_path())};
  if (result.empty()) result = "/";
  if (result.front() != '/') return std::nullopt;
  if (resolved.has_query()) result.append("?").append(to_view(resolved.encoded_query()));
  return result;
}

}  // namespace tributary::actors::guards
