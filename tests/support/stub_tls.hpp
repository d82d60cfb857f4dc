// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tributary::tests {

/// A self-signed certificate made for one test, in files of a directory of its own.
class tls_identity {
 public:
  /// @param name what the certificate is for: a host name or an IPv4 address
  /// @param expired its time ended yesterday
  explicit tls_identity(const std::string& name, bool expired = false);
  ~tls_identity();
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;

  const std::string& certificate_file() const noexcept {
    return certificate_;
  }                                                              ///< PEM; also the CA
  const std::string& key_file() const noexcept { return key_; }  ///< PEM

 private:
  std::string directory_;
  std::string certificate_;
  std::string key_;
};

}  // namespace tributary::tests
