// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// Whom a request says that it is meant for, and which page it comes from. Pure; nothing allocates.
namespace tributary::http::wire {

/// True when `authority`, a host with an optional port, names this machine by itself: `localhost`
/// and names below it (RFC 6761, 6.3), 127.0.0.0/8 as four numbers, and `[::1]`. Such a name leads
/// nowhere else, so no page from elsewhere can have it as its own.
bool is_loopback_authority(std::string_view authority) noexcept;

/// True when `origin`, the value of an Origin field (RFC 6454, 7), is a page of the server that
/// `authority` names, by http or https. False for `null` and for whatever cannot be read.
bool is_same_origin(std::string_view origin, std::string_view authority) noexcept;

}  // namespace tributary::http::wire
