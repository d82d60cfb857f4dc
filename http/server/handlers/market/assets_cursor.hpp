// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Cursors of `/v1/assets`: where a page ended. Pure. They hold a symbol and not a number, so they
/// stay good when the list is fetched anew, after a restart and at another instance.
namespace tributary::http::server {

/// What a page was a page of, and the last symbol on it.
struct assets_position {
  std::string_view list;   ///< `stocks`, `crypto`, `forex`
  std::string_view query;  ///< decoded; empty: none
  std::string_view after;  ///< a symbol
};

/// Base64url (RFC 4648, 5) without padding: letters, digits, `-` and `_`.
std::string write_assets_cursor(const assets_position& position);

/// The symbol after which the page begins; nothing when this is no cursor of `list` and `query`.
///
/// A keyed hash tells cursors from texts that somebody has made up, changed or brought from another
/// list or search. The key is a constant of the program, so that all instances take each other's:
/// it protects against mistakes, not against forgers, and nothing secret hangs on it. Whoever
/// forges a cursor gets the page that begins where he says.
std::optional<std::string> read_assets_cursor(std::string_view cursor, std::string_view list,
                                              std::string_view query);

}  // namespace tributary::http::server
