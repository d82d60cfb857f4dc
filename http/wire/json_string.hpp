// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tributary::http::wire {

/// Appends the text between the quotes of a JSON string (RFC 8259, 7). Control characters, DEL and
/// those of C1 too, are escaped, so that a terminal that shows it cannot be driven by it; each byte
/// that is not part of valid UTF-8 becomes U+FFFD.
void append_json_escaped(std::string& out, std::string_view text);

/// Appends `"text"`.
void append_json_string(std::string& out, std::string_view text);

/// The text that a JSON string means.
/// @param quoted with its quotes, of a document that has passed check_json
/// @returns UTF-8, but for a lone surrogate (`"\ud800"`), which becomes its three bytes as if it
/// were
std::string unescape_json(std::string_view quoted);

}  // namespace tributary::http::wire
