// SPDX-License-Identifier: MIT
#include "config/sections/checks.hpp"
#include "config/url.hpp"

#include <algorithm>

namespace tributary::config {

namespace {

address_kind check_address(const key_path& path, const std::string& address, complaint& out) {
  if (const auto socket = unix_socket_path(address)) {
    if (const auto wrong = judge_socket_path(*socket); !wrong.empty()) out.add(path, wrong);
    return address_kind::file;
  }
  const auto kind = judge_address(address);
  if (kind == address_kind::invalid) {
    out.add(path, "expected an IP address", address == "localhost" ? "127.0.0.1" : "");
  }
  return kind;
}

}  // namespace

void check_server(const server_settings& server, complaint& out) {
  check_address({"server", "address"}, server.address, out);
}

void check_admin(const admin_settings& admin, const server_settings& server, complaint& out) {
  const auto kind = check_address({"admin", "address"}, admin.address, out);
  if (kind == address_kind::other && admin.token.empty()) {
    out.add({"admin", "address"},
            "an address that is not loopback needs `admin.token`: anyone could purge and inspect",
            "127.0.0.1");
  }
  if (!admin.token.empty() && admin.token.size() < 16) {
    out.add({"admin", "token"}, "shorter than 16 bytes, which can be guessed");
  }
  const bool printable = std::all_of(admin.token.begin(), admin.token.end(),
                                     [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable) out.add({"admin", "token"}, "a token has printable ASCII characters only");
  const auto public_socket = unix_socket_path(server.address);
  if (kind == address_kind::file && unix_socket_path(admin.address) == public_socket) {
    out.add({"admin", "address"}, "the same as `server.address`");
  }
  const bool ports_count = kind != address_kind::file && !public_socket;
  if (ports_count && admin.port != 0 && admin.port == server.port) {
    out.add({"admin", "port"}, "the same as `server.port`");
  }
}

}  // namespace tributary::config
