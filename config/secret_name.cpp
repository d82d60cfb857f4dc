// SPDX-License-Identifier: MIT
#include "config/secret_name.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace tributary::config {

bool is_secret_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_') plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  constexpr const char* wholes[] = {"auth", "cvc", "cvv", "jwt", "key",      "otp",
                                    "pass", "pin", "pwd", "sig", "signature"};
  constexpr const char* parts[] = {"authorization", "cookie", "apikey",   "accesskey", "privatekey",
                                   "token",         "secret", "password", "passwd",    "passphrase",
                                   "credential",    "crumb",  "card"};
  return std::any_of(std::begin(wholes), std::end(wholes),
                     [&](const char* whole) { return plain == whole; }) ||
         std::any_of(std::begin(parts), std::end(parts),
                     [&](const char* part) { return plain.find(part) != std::string::npos; });
}

}  // namespace tributary::config
