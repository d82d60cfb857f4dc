// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tributary::config {

struct tls_settings {
  bool verify = true;
  std::string ca_file;      ///< empty: the system's trust store
  std::string server_name;  ///< SNI and name to verify; empty: the URL's host

  bool operator==(const tls_settings&) const = default;
};

}  // namespace tributary::config
