// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/json_check.hpp"
#include "http/wire/shared_bytes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Takes apart JSON texts. Those given as `string_view` must have passed check_json: nothing here
/// looks for errors in them. (It stays within its text all the same.)
namespace tributary::http::wire {

/// A member of an object, as views of the object's text.
struct json_member {
  std::string key;  ///< unescaped; a lone surrogate becomes its three bytes, as if it were UTF-8
  std::string_view name;  ///< with its quotes
  std::string_view value;
  std::string_view whole;  ///< from the name to the end of the value
};

/// The first character at or behind `at` that is no white space, at most the end.
std::size_t skip_json_space(std::string_view text, std::size_t at) noexcept;

/// Behind the value that begins at `at`.
std::size_t json_value_end(std::string_view text, std::size_t at) noexcept;

/// Goes through the members of an object in order, those with the same key too.
class json_members {
 public:
  explicit json_members(std::string_view object) noexcept;

  /// Nothing after the last.
  std::optional<json_member> next();

 private:
  std::string_view object_;
  std::size_t at_;
};

/// Members in order. Of several with one key, the first keeps its place and (`last_wins`) takes
/// over the text of the last; `repeated`, when given, tells whether there were any.
std::vector<json_member> split_object(std::string_view object, bool last_wins,
                                      bool* repeated = nullptr);

/// The elements of a body that is one JSON array, in order: each a JSON text as it was written,
/// without white space around it, as a view of the body. Nothing is converted, so that numbers of
/// any size and the order of members survive.
/// @returns why not, for a body that check_json refuses or that is no array
std::variant<std::vector<std::string_view>, json_verdict> split_array(const shared_bytes& body);

/// What stands between the brackets, without white space around it; empty for an empty array.
std::string_view array_content(std::string_view array) noexcept;

inline bool is_object(std::string_view value) noexcept { return value.starts_with('{'); }
inline bool is_array(std::string_view value) noexcept { return value.starts_with('['); }

/// Appends RFC 7396's merge of two values, but with null as a value like others: members of both
/// objects are merged, any other `second` replaces `first`. Untouched text is copied byte for byte.
void append_deep_merge(std::string_view first, std::string_view second, std::string& out);

}  // namespace tributary::http::wire
