// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/judge.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tributary::actors::aggregation {

/// Which parts are there, and what follows from it; the words come later. Masks have one bit a
/// part.
struct verdict {
  answer_kind kind = answer_kind::complete;
  int status = 200;
  std::uint64_t there = 0;
  std::uint64_t missing = 0;  ///< asked, heard of, and not there; without the part of `rule`
  const config::status_rule* rule = nullptr;
  std::optional<std::size_t> culprit;  ///< the required part that decided the status
};

/// The decision of `judge`, on outcomes whose conflicts are settled.
verdict decide(const endpoint_plan& plan, const answer_request& request,
               std::span<const part_outcome> outcomes);

/// The missing parts without which this caller gets no data, as a mask.
std::uint64_t indispensable(const endpoint_plan& plan, strictness handling, std::uint64_t missing);

/// True when the caller's `lenient` is heeded: where the endpoint allows it, or nothing is
/// required.
bool lenience_applies(const endpoint_plan& plan, strictness handling);

}  // namespace tributary::actors::aggregation
