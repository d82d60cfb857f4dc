// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/upstream_settings.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::actors::guards {

/// Redirects of one call that are followed; the next one is the answer.
constexpr std::size_t most_redirects = 3;

/// Where a call goes next whose answer has this status and this Location (RFC 9110, 15.4): the
/// target in origin form. Nothing unless it is 301, 302, 303, 307 or 308 to a GET or HEAD, and
/// Location is a URI or a reference relative to `target` that stays on the upstream's origin:
/// scheme, host and port. Fragments are dropped.
/// @param target of the call that was answered so, in origin form
std::optional<std::string> redirect_target(const config::upstream_settings& upstream,
                                           std::string_view method, std::string_view target,
                                           int status, std::string_view location);

}  // namespace tributary::actors::guards
