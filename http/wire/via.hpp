// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// The Via field (RFC 9110, 7.6.3), by which a gateway knows a request that it has sent itself.
namespace tributary::http::wire {

/// `1.1 tributary-1a2b3c4d`: what every call to an upstream carries. The name is this process',
/// made of 32 random bits when it is first asked for. Any thread.
std::string_view own_via();

/// True when a line of Via has this process' name among its members.
bool has_own_via(std::string_view value);

}  // namespace tributary::http::wire
