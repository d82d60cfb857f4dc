// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/plan.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::actors::aggregation {

/// The key under which the part cache has an answer: upstream, a space, target, then a line feed
/// and `name: value` for each header field of the call. Credentials are left out where the part
/// declares its answers to be the same for all (`shared`); else their hash stands in their place,
/// as in the keys of whole answers.
/// @param target of the call
/// @param headers of the call, as `append_headers` makes them
std::string part_key(const endpoint_plan& plan, std::size_t part, const bound_parameters& values,
                     std::string_view target,
                     const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace tributary::actors::aggregation
