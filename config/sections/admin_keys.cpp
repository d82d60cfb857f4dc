// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<admin_settings> admin_keys() {
  using s = admin_settings;
  return {
      key("address", &s::address, text("IP address"), "Address that operators connect to."),
      key("port", &s::port, port_number(), "Its port; 0 takes a free one and logs it."),
      key("token", &s::token, text("secret"),
          "Bearer token for each request to it. Mandatory unless the address is loopback; "
          "without one `Host` must be a loopback name.",
          key_rule::secret),
  };
}

}  // namespace tributary::config
