// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Base64url (RFC 4648, section 5) without padding, for bytes in URLs, cursors and header fields:
/// letters, digits, `-` and `_`.
namespace tributary::http::wire {

/// 4 characters for 3 bytes, 2 or 3 for the one or two bytes that are left.
std::string encode_base64url(std::string_view bytes);

/// The bytes; nothing for any text but the one spelling that `encode_base64url` gives. So padding,
/// the `+` and `/` of plain base64, white space and bits left over that are not zero are refused,
/// and no two texts mean the same bytes.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace tributary::http::wire
