// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::mock {

/// A URL on this machine, taken apart.
struct loopback_url {
  boost::asio::ip::tcp::endpoint endpoint;
  std::string host;    ///< as written, for `Host`: `localhost:8080`
  std::string target;  ///< path and query, at least `/`
};

/// Reads `http://` with an address of 127.0.0.0/8, `[::1]` or `localhost`, which is 127.0.0.1.
/// Nothing is looked up, so a name can lead nowhere else.
/// @returns nullopt for any other URL, one with user information, or port 0
std::optional<loopback_url> parse_loopback_url(std::string_view text);

}  // namespace tributary::providers::mock
