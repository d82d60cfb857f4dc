// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/host_addresses.hpp"

#include <memory>
#include <optional>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace tributary::http::io {

/// TLS to a peer whose certificate must be for a name.
struct tls_terms {
  std::shared_ptr<asio::ssl::context> context;  ///< trust, versions, ALPN
  std::string server_name;  ///< asked for (SNI) and verified; empty: the host of the addresses
};

/// Where to connect, and how.
struct dial_target {
  host_addresses_ptr addresses;
  std::optional<tls_terms> tls;  ///< empty: in plain
};

}  // namespace tributary::http::io
