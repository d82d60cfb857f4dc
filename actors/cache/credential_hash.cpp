// SPDX-License-Identifier: MIT
#include "actors/cache/credential_hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace tributary::actors::cache {

void append_credential_hash(std::string_view secret, std::string_view name, std::string_view value,
                            std::string& out) {
  constexpr std::size_t bytes_shown = 16;
  constexpr std::string_view hex = "0123456789abcdef";
  // Apart from other uses of the same secret; no name has a line feed.
  const auto key = std::string{"tributary cache key\n"}.append(secret);
  const auto text = std::string{name}.append("\n").append(value);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
             &size) == nullptr) {
    throw std::runtime_error{"no HMAC-SHA-256"};
  }
  out += '~';
  for (std::size_t i = 0; i < bytes_shown; ++i) {
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
}

}  // namespace tributary::actors::cache
