// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/redis_settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary::config {

/// Reads `redis[s]://[[user][:password]@]host[:port][/database]`. User and password may be
/// percent-encoded (RFC 3986, section 2.1); an IPv6 address stands in brackets.
/// @param error set, when nothing is returned, to what is wrong; never holds the password
std::optional<redis_address> parse_redis_url(std::string_view text, std::string& error);

}  // namespace tributary::config
