// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Request targets and what is in them (RFC 3986, RFC 9112, 3.2). Pure; nothing allocates unless it
/// says so.
namespace tributary::http::wire {

/// An origin-form in its two parts, both raw.
struct origin_form {
  std::string_view path;   ///< begins with `/`
  std::string_view query;  ///< without the `?`
  bool has_query = false;  ///< tells `/a?` from `/a`
};

/// Splits and checks `absolute-path [ "?" query ]`: only characters that RFC 3986 allows there or
/// that the URL standard has clients leave as they are (`is_left_unescaped`), and a `%` only before
/// two hexadecimal digits. nullopt for anything else.
std::optional<origin_form> parse_origin_form(std::string_view target) noexcept;

/// A target with the host that it names, if any (RFC 9112, 3.2.2).
struct request_target {
  origin_form origin;
  std::string_view authority;  ///< of the absolute form, where it takes the place of Host
};

/// Reads the origin form and the absolute form `http://host[:port][/path][?query]` (`https` too, in
/// any case of letters). Without a path the origin's is `/`. nullopt for anything else: another
/// scheme, user information, a fragment.
std::optional<request_target> parse_request_target(std::string_view target) noexcept;

/// True for `uri-host [ ":" port ]` with a host that is not empty (RFC 9110, 7.2).
bool is_valid_host(std::string_view value) noexcept;

enum class plus { is_plus, is_space };

/// Decodes percent escapes into `out`, which is overwritten. A query's `+` stands for a space only
/// where forms are meant. @returns false, with `out` unspecified, at an escape that is none
bool percent_decode(std::string_view text, std::string& out, plus treatment = plus::is_plus);

/// Appends `text` with everything but unreserved characters (RFC 3986, 2.3) escaped.
void append_percent_encoded(std::string& out, std::string_view text);

/// One `name=value` of a query, raw. `name` without `=` has an empty value and `has_value` false.
struct query_item {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

/// Takes the next `&`-separated item off the front of `rest`; empty items (`a&&b`) are skipped.
/// @returns nullopt at the end
std::optional<query_item> next_query_item(std::string_view& rest) noexcept;

}  // namespace tributary::http::wire
