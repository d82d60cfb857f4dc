// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::config {

/// What is needed to reach an upstream.
struct upstream_url {
  bool tls = false;
  std::string host;  ///< an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string path_prefix;  ///< normalised as written, without a slash at the end
};

/// Reads an `http` or `https` URL of host, port and path prefix. Returns what is wrong with it;
/// empty: nothing.
std::string parse_upstream_url(std::string_view text, upstream_url& out);

enum class address_kind { invalid, loopback, other };

/// Judges an IPv4 or IPv6 address to listen on, the latter without brackets.
address_kind judge_address(std::string_view text);

/// Whether `text` can be looked up or connected to: a host name, or an IP address without brackets.
bool is_host(std::string_view text);

}  // namespace tributary::config
