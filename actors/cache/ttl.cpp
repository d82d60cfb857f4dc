// SPDX-License-Identifier: MIT
#include "actors/cache/ttl.hpp"

#include "actors/cache/response_fields.hpp"

// Header-only, as in entity_tag.cpp.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>

namespace tributary::actors::cache {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

freshness freshness_of(std::string_view header_block,
                       std::chrono::system_clock::time_point received_at,
                       std::string_view deadline_header) {
  const auto fields = read_fields(header_block);
  freshness result;
  result.storable = !is_for_one_client(fields) && !fields.control.no_cache;
  if (const auto lifetime = lifetime_of(fields, received_at)) {
    result.left = std::max(seconds{0}, *lifetime - fields.age.value_or(seconds{0}));
    if (*result.left == seconds{0}) result.storable = false;
  }
  if (result.storable && fields.varies) {
    const auto vary = read_vary(header_block);
    result.storable = vary && !varies_by_call(*vary, deadline_header);
  }
  return result;
}

void aggregate_ttl::add(const freshness& part) noexcept {
  storable_ = storable_ && part.storable;
  if (part.left) left_ = std::min<milliseconds>(left_, *part.left);
}

std::optional<milliseconds> aggregate_ttl::result() const noexcept {
  if (!storable_ || left_ <= milliseconds{0}) return std::nullopt;
  return left_;
}

double key_jitter(std::string_view key) noexcept {
  constexpr std::uint64_t seed = 0x7472696275746172;  // any fixed number will do
  return static_cast<double>(XXH3_64bits_withSeed(key.data(), key.size(), seed) >> 11) * 0x1p-53;
}

milliseconds jittered(milliseconds ttl, double share, double random) noexcept {
  if (ttl <= milliseconds{0}) return ttl;
  const auto taken = std::clamp(share, 0.0, 1.0) * std::clamp(random, 0.0, 1.0);
  const auto off = std::floor(static_cast<double>(ttl.count()) * taken);
  return std::max(milliseconds{1}, ttl - milliseconds{static_cast<std::int64_t>(off)});
}

}  // namespace tributary::actors::cache
