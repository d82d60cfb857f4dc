// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/plan.hpp"

#include <string>
#include <vector>

namespace tributary::actors::cache {

/// Appends the cache key. A request that differs from the plain one in a parameter outside of the
/// template gets all those parameters appended, in declaration order, each after a `:`, absent ones
/// empty. `:`, `%` and control characters of values are percent-encoded, so that no two requests
/// share a key by accident. In place of a credential stands its hash. The plan must have a cache
/// key.
void append_cache_key(const aggregation::endpoint_plan& plan,
                      const aggregation::bound_parameters& values, std::string& out);

/// The tags of an answer to this request, in the order of the configuration; values are encoded as
/// in a key. A tag with a parameter that has no value is left out.
std::vector<std::string> cache_tags(const aggregation::endpoint_plan& plan,
                                    const aggregation::bound_parameters& values);

}  // namespace tributary::actors::cache
