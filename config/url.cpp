// SPDX-License-Identifier: MIT
#include "config/url.hpp"

#include "config/url_parts.hpp"

#include <algorithm>
#include <boost/url.hpp>

namespace tributary::config {

namespace urls = boost::urls;

namespace {

/// The URL's grammar allows more, percent-encoded; none of it is in names that resolve.
bool host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
         c == '-' || c == '_' || c == ':';
}

std::string judge_parts(const urls::url_view& url) {
  if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https) {
    return "expected an `http://` or `https://` URL";
  }
  if (auto wrong = judge_url_parts(url); !wrong.empty()) return wrong;
  return url.has_userinfo() ? "a URL here has no user name or password" : "";
}

}  // namespace

std::string judge_url_parts(const urls::url_view& url) {
  if (!url.has_authority() || url.encoded_host().empty()) return "the URL names no host";
  // Boost 1.81 reads `http://h:x` as the host `h` and the path `x`.
  if (!url.encoded_path().empty() && url.encoded_path().front() != '/') {
    return "the port is not a number";
  }
  if (url.has_query() || url.has_fragment()) return "a URL here has no `?` or `#`";
  if (url.host_type() == urls::host_type::ipvfuture) return "the host is no name or address";
  if (url.has_port() && !url.port().empty() && url.port_number() == 0) {
    return "the port is not from 1 to 65535";
  }
  return {};
}

std::string parse_upstream_url(std::string_view text, upstream_url& out) {
  if (auto path = unix_socket_path(text)) {
    if (auto wrong = judge_socket_path(*path); !wrong.empty()) return wrong;
    out = {false, "localhost", 80, std::move(*path), {}};
    return {};
  }
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (parsed.has_error()) return "not a URL such as `http://host:8080/prefix`";
  const urls::url_view url = *parsed;
  if (auto wrong = judge_parts(url); !wrong.empty()) return wrong;
  out.tls = url.scheme_id() == urls::scheme::https;
  const auto host = url.host_address();
  out.host.assign(host.data(), host.size());
  if (!is_host(out.host)) return "the host has characters that no host name has";
  out.port = url.port_number() != 0 ? url.port_number() : (out.tls ? 443 : 80);
  const auto path = url.encoded_path();
  out.path_prefix.assign(path.data(), path.size());
  while (!out.path_prefix.empty() && out.path_prefix.back() == '/') out.path_prefix.pop_back();
  return {};
}

std::optional<std::string> unix_socket_path(std::string_view text) {
  constexpr std::string_view scheme = "unix:";
  if (!urls::grammar::ci_is_equal(
          urls::string_view{text.data(), std::min(text.size(), scheme.size())},
          urls::string_view{scheme.data(), scheme.size()})) {
    return std::nullopt;
  }
  text.remove_prefix(scheme.size());
  if (text.starts_with("///")) text.remove_prefix(2);
  return std::string{text};
}

std::string judge_socket_path(std::string_view path) {
  constexpr std::size_t longest = 107;  // of 108 bytes in an address, one ends it
  if (path.starts_with('@'))
    return "an abstract socket has no file to protect it; use `unix:/path`";
  if (!path.starts_with('/') || path.starts_with("//")) {
    return "expected the absolute path of a Unix socket, as in `unix:/run/api.sock`";
  }
  if (path.size() > longest) {
    return "the path of a Unix socket has at most 107 bytes, and this one has " +
           std::to_string(path.size());
  }
  if (path.ends_with('/')) return "the path of a Unix socket names a file, not a folder";
  if (path.find(":/") != std::string_view::npos) {
    return "the path of a Unix socket ends the URL: a prefix belongs into the paths of the parts";
  }
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(path.begin(), path.end(), is_control)) {
    return "the path of a Unix socket has control characters";
  }
  return {};
}

address_kind judge_address(std::string_view text) {
  const boost::urls::string_view plain{text.data(), text.size()};
  if (const auto v4 = urls::parse_ipv4_address(plain); v4.has_value()) {
    return v4->is_loopback() ? address_kind::loopback : address_kind::other;
  }
  if (const auto v6 = urls::parse_ipv6_address(plain); v6.has_value()) {
    return v6->is_loopback() ? address_kind::loopback : address_kind::other;
  }
  return address_kind::invalid;
}

bool is_host(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return judge_address(text) != address_kind::invalid;
  return !text.empty() && std::all_of(text.begin(), text.end(), host_character);
}

}  // namespace tributary::config
