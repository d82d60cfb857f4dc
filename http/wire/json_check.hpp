// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/byte_slice.hpp"
#include "http/wire/shared_bytes.hpp"

#include <cstddef>
#include <string_view>

namespace tributary::http::wire {

/// Levels of arrays and objects that a body may have.
constexpr std::size_t max_json_depth = 64;

/// Whether a body may be spliced into an answer.
struct json_verdict {
  std::string_view text;     ///< the document without surrounding white space; of the checked bytes
  std::string_view error;    ///< what is wrong, a literal; empty: nothing
  std::size_t position = 0;  ///< of the error, in bytes from the start, as far as it is known

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Checks that the body is one JSON text of RFC 8259 in UTF-8, any value at the top. Numbers of any
/// size pass, as nothing converts them; so do escaped lone surrogates (`"\ud800"`), which the
/// grammar allows and which are passed on as they are written. A byte order mark in front is
/// ignored, as section 8.1 lets a parser do, and is no part of `json_verdict::text`. Any thread; no
/// allocation once the thread has seen a document of the size.
json_verdict check_json(const shared_bytes& body);

/// `text` behind the byte order mark of UTF-8, where it begins with one.
constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.substr(0, mark.size()) == mark) text.remove_prefix(mark.size());
  return text;
}

}  // namespace tributary::http::wire
