// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/cache_control.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What an upstream's answer says of being kept, whichever field it says it in: one reading for the
/// cache of whole answers and for that of parts.
namespace tributary::actors::cache {

/// The fields that decide. Views are of the header block.
struct response_fields {
  cache_control
      control;  ///< `Pragma: no-cache` counts as `no-cache` where there is no Cache-Control
  std::optional<std::chrono::seconds> age;
  std::optional<std::string_view> expires;  ///< of several the first
  std::string_view date;
  std::string_view etag;
  std::string_view last_modified;
  bool sets_cookie = false;
  bool varies = false;
};

/// Reads a raw header block (`Name: value\r\n` each).
response_fields read_fields(std::string_view block);

/// What all Vary fields name: lower case, each once. Nothing when the answer matches no other
/// request, by `*` or by what is no field name.
std::optional<std::vector<std::string>> read_vary(std::string_view block);

/// True when these are fields that the gateway sends differently with each call, so that no other
/// request is answered by what varies by them.
bool varies_by_call(const std::vector<std::string>& vary, std::string_view deadline_header);

/// True when the answer is for one client: `no-store`, `private`, Set-Cookie.
bool is_for_one_client(const response_fields& fields) noexcept;

/// `s-maxage`, else `max-age`, else Expires less Date (unreadable: 0). Nothing where all of them
/// are missing. Age is not taken off yet.
/// @param received_at stands in for a missing Date
std::optional<std::chrono::seconds> lifetime_of(
    const response_fields& fields, std::chrono::system_clock::time_point received_at) noexcept;

}  // namespace tributary::actors::cache
