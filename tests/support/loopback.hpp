// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>
#include <sys/un.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace tributary::tests {

/// 127.0.0.1 with this port, or another host of the same network; port 0 binds to a free one.
inline sockaddr_in loopback(std::uint16_t port, std::uint8_t host = 1) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
  return result;
}

/// A Unix socket; the path must fit.
inline sockaddr_un unix_socket(const std::string& path) {
  sockaddr_un result{};
  result.sun_family = AF_UNIX;
  std::strncpy(result.sun_path, path.c_str(), sizeof result.sun_path - 1);
  return result;
}

}  // namespace tributary::tests
