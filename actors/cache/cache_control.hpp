// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tributary::actors::cache {

/// What the Cache-Control fields of a response say to a shared cache (RFC 9111, section 5.2.2), as
/// far as the gateway acts on it.
struct cache_control {
  bool no_store = false;
  bool no_cache = false;    ///< with or without field names
  bool is_private = false;  ///< with or without field names
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  std::optional<std::chrono::seconds> max_age;
  std::optional<std::chrono::seconds> s_maxage;
  std::optional<std::chrono::seconds> stale_while_revalidate;  ///< RFC 5861, section 3
  std::optional<std::chrono::seconds> stale_if_error;          ///< RFC 5861, section 4
};

/// Adds one field value to what is known already; the most restrictive word wins, within a value
/// and between several. Names are read in any case, numbers also in quotes. A number that is none
/// counts as 0 (section 4.2.1), one too large as 2^31 (section 1.2.2). A quote that never ends
/// makes the rest unreadable and counts as no-store. Semicolons are taken for commas, a common
/// mistake.
void add_cache_control(cache_control& known, std::string_view value) noexcept;

/// Reads one field value that is the only one.
cache_control parse_cache_control(std::string_view value) noexcept;

/// Seconds of an Age field or a delta-seconds directive; nothing when it is not a whole number.
/// Too large a number is 2^31.
std::optional<std::chrono::seconds> parse_delta_seconds(std::string_view text) noexcept;

}  // namespace tributary::actors::cache
