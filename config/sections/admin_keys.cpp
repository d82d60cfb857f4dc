// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<admin_settings> admin_keys() {
  using s = admin_settings;
  return {
      key("address", &s::address, text("address"),
          "That operators connect to: an IP address, or `unix:/path` as for `server`."),
      key("port", &s::port, port_number(),
          "Port of the IP address; 0 takes a free one and logs it."),
      key("socket_mode", &s::socket_mode, socket_mode(),
          "Permissions of the Unix socket: who may write to it may purge and inspect."),
      key("token", &s::token, text("secret"),
          "Bearer token for each request to it. Mandatory unless the address is loopback or a Unix "
          "socket; without one `Host` must be a loopback name.",
          key_rule::secret),
  };
}

}  // namespace tributary::config
