// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/outcome.hpp"
#include "actors/aggregation/plan.hpp"
#include "http/wire/byte_slice.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace tributary::actors::aggregation {

/// The fragments of an answer's body, in order. The keys between the parts belong to the plan,
/// which must outlive them.
using fragments = std::vector<http::wire::byte_slice>;

/// Turns parts that cannot be merged at the root into missing ones (http_protocol_error, detail
/// `merge_conflict`): those that are not an object, and those with a member that is there already
/// under `on_conflict: error`, or under `concat` where the two are not both arrays. The member
/// names of the other asked parts and `error` count as there already. Free when no part merges at
/// the root.
void refuse_conflicts(const endpoint_plan& plan, std::uint64_t asked,
                      std::span<part_outcome> outcomes);

/// Puts the asked parts together in configuration order, after refuse_conflicts. `error`, when not
/// empty, is a JSON text that becomes the last member. Parts are spliced in as they are; only
/// members that `concat` and `deep` combine are written anew, their numbers and strings byte for
/// byte.
fragments merge(const endpoint_plan& plan, std::uint64_t asked,
                std::span<const part_outcome> outcomes, http::wire::shared_bytes error = {});

}  // namespace tributary::actors::aggregation
