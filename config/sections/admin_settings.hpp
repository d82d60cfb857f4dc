// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace tributary::config {

/// The operators' listener: metrics, inspection, cache purge.
struct admin_settings {
  std::string address = "127.0.0.1";  ///< or `unix:/path`
  std::uint16_t port = 9090;
  unsigned socket_mode = 0600;  ///< permissions of the file at `unix:/path`
  std::string token;            ///< bearer token; mandatory on any address but loopback
};

}  // namespace tributary::config
