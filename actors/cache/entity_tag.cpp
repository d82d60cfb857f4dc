// SPDX-License-Identifier: MIT
#include "actors/cache/entity_tag.hpp"

// Header-only: the state is on the stack and its layout is the compiled one, whatever library is
// installed.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tributary::actors::cache {

namespace {

XXH128_hash_t hash_of(std::span<const http::wire::shared_bytes> body) noexcept {
  if (body.size() == 1) return XXH3_128bits(body[0].data(), body[0].size());
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  for (const auto& fragment : body) XXH3_128bits_update(&state, fragment.data(), fragment.size());
  return XXH3_128bits_digest(&state);
}

}  // namespace

std::string strong_etag(std::span<const http::wire::shared_bytes> body) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash_of(body));
  constexpr auto* digits = "0123456789abcdef";
  std::string result;
  result.reserve(2 * sizeof(bytes.digest) + 2);
  result += '"';
  for (const auto byte : bytes.digest) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  result += '"';
  return result;
}

}  // namespace tributary::actors::cache
