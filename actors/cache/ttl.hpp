// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tributary::actors::cache {

/// What one upstream answer allows a shared cache.
struct freshness {
  bool storable = true;
  std::optional<std::chrono::seconds> left;  ///< unset: the upstream is silent
};

/// Reads a raw header block (`Name: value\r\n` each).
///
/// `no-store`, `private`, Set-Cookie and `no-cache` forbid storing, with or without field names:
/// there is no revalidation of an aggregate's parts. So does a Vary that no other request matches.
/// One by fields that a part sends does not: they come from the configuration or from parameters,
/// and the key has all of these. `s-maxage` counts before `max-age`, and that before Expires, less
/// what Age says has passed already; nothing left forbids storing too.
/// @param received_at stands in for a missing Date
/// @param deadline_header that the upstream is sent; empty: none
freshness freshness_of(std::string_view header_block,
                       std::chrono::system_clock::time_point received_at,
                       std::string_view deadline_header);

/// Time to live of one aggregate: the endpoint's, shortened by each part that says less, none when
/// a part forbids it.
class aggregate_ttl {
 public:
  using milliseconds = std::chrono::milliseconds;

  explicit aggregate_ttl(milliseconds endpoint) noexcept : left_(endpoint) {}

  /// Takes one part's answer into account.
  void add(const freshness& part) noexcept;

  /// For how long the aggregate may be kept; nothing when it must not be stored.
  std::optional<milliseconds> result() const noexcept;

 private:
  bool storable_ = true;
  milliseconds left_;
};

/// A number in [0, 1) that depends on the key alone, the same in every process and on every
/// machine. As the random number of `jittered` it makes all instances agree on the time to live of
/// a key, so that each can tell the age of an answer from the time that is left of it.
double key_jitter(std::string_view key) noexcept;

/// Shortens a TTL by up to `share` (0 to 1) of it, so that answers stored together do not all end
/// together. `random` is in [0, 1); 0 leaves the TTL as it is. Never lengthens, and never shortens
/// to nothing what was more than nothing.
std::chrono::milliseconds jittered(std::chrono::milliseconds ttl, double share,
                                   double random) noexcept;

}  // namespace tributary::actors::cache
