// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::config {

/// What is needed to reach an upstream.
struct upstream_url {
  bool tls = false;
  std::string host;  ///< an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string socket;       ///< path of a Unix socket; empty: reached by host and port
  std::string path_prefix;  ///< normalised as written, without a slash at the end
};

/// Reads an `http` or `https` URL of host, port and path prefix, or `unix:/path`, which has neither
/// TLS nor a prefix and is called `localhost`. Returns what is wrong with it; empty: nothing.
std::string parse_upstream_url(std::string_view text, upstream_url& out);

/// What `unix:/path` names; `unix:///path` is the same. Nothing where `text` is none, that is,
/// begins in another way.
std::optional<std::string> unix_socket_path(std::string_view text);

/// What is wrong with the path of a Unix socket, to listen on or to connect to; empty: nothing.
std::string judge_socket_path(std::string_view path);

/// `file`: a Unix socket.
enum class address_kind { invalid, loopback, other, file };

/// Judges an IPv4 or IPv6 address to listen on, the latter without brackets.
address_kind judge_address(std::string_view text);

/// Whether `text` can be looked up or connected to: a host name, or an IP address without brackets.
bool is_host(std::string_view text);

}  // namespace tributary::config
