// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tributary::http::wire {

/// Appends the text between the quotes of a JSON string (RFC 8259, 7). Control characters, DEL and
/// those of C1 too, are escaped, so that a terminal that shows it cannot be driven by it; each byte
/// that is not part of valid UTF-8 becomes U+FFFD.
void append_json_escaped(std::string& out, std::string_view text);

/// One character of a JSON string as it is written: an escape (a surrogate pair is one), or UTF-8.
struct json_character {
  char32_t code = 0;     ///< a lone surrogate, too; U+FFFD for a byte that is not UTF-8
  std::size_t size = 0;  ///< bytes that it is written in, 1–12
};

/// The first character of what stands between the quotes, which is not empty and has passed
/// `check_json`. (It stays within its text all the same.)
json_character first_character(std::string_view content) noexcept;

/// What a JSON string says that is written with its quotes. A lone surrogate becomes its three
/// bytes, as if it were UTF-8.
std::string unescape_json(std::string_view quoted);

/// Appends `"text"`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tributary::http::wire
