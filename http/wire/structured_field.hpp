// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::http::wire {

/// Writes a List of a structured field (RFC 9651, 4.1): items with parameters, in order.
///
///     structured_list list;
///     list.token("users").parameter("status", 200).parameter("dur", 12);
///     list.token("orders").parameter_token("error", "http_response_timeout");
///     list.str()  // users;status=200;dur=12, orders;error=http_response_timeout
///
/// Bytes that RFC 9651 does not allow in a String are written as `?`, so the result always parses.
/// Integers are clamped to the 15 digits of section 3.3.1.
class structured_list {
 public:
  /// Begins an item. `name` must be a Token; one that is not is written as a String.
  structured_list& token(std::string_view name);
  structured_list& string(std::string_view text);
  structured_list& integer(std::int64_t value);
  structured_list& boolean(bool value);

  /// Adds a parameter to the last item. `key` must be a key of RFC 9651, 3.1.2 (lower case).
  structured_list& parameter(std::string_view key, std::int64_t value);
  structured_list& parameter_token(std::string_view key, std::string_view value);
  structured_list& parameter_string(std::string_view key, std::string_view value);

  /// A parameter that is true: the key alone. Nothing is written for false.
  structured_list& flag(std::string_view key, bool value = true);

  const std::string& str() const noexcept { return out_; }

 private:
  void separate();
  void key(std::string_view name, bool has_value);

  std::string out_;
};

/// A Boolean item: `?1` or `?0`.
std::string_view structured_boolean(bool value) noexcept;

/// Appends a String with its quotes.
void append_structured_string(std::string& out, std::string_view text);

/// True when `text` can be written as a Token (RFC 9651, 3.3.4).
bool is_structured_token(std::string_view text) noexcept;

}  // namespace tributary::http::wire
