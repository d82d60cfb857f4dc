// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing beyond U+10FFFF. Pure; any
/// thread.
namespace tributary::http::wire {

/// Bytes of the sequence at the front of `text`, 1–4; 0 when it is malformed or `text` is empty.
std::size_t utf8_sequence(std::string_view text) noexcept;

/// The code point of one well-formed sequence, as `utf8_sequence` measures it.
char32_t utf8_character(std::string_view sequence) noexcept;

/// Appends a code point up to U+10FFFF. A surrogate becomes its three bytes, which are no UTF-8.
void append_utf8(std::string& out, char32_t code);

/// The number of code points of a text; nothing when it is not UTF-8.
std::optional<std::size_t> count_characters(std::string_view text) noexcept;

}  // namespace tributary::http::wire
