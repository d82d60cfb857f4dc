// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::actors::aggregation {

/// A stretch of the text that normalised values are appended to; size 0: no value.
struct text_span {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

/// Where the forms of one normalised value stand.
struct normal_value {
  text_span whole, from, to;
  std::uint64_t parts = 0;  ///< of type parts: the named ones, bit i is part i
};

/// Judges `value` and appends its normalised form to `text`: instants in UTC, parts in declaration
/// order. Returns what is wrong with it, a view that lives as long as the plan; empty: nothing.
std::string_view normalise(const endpoint_plan& plan, const parameter_plan& parameter,
                           std::string_view value, std::string& text, normal_value& out);

/// What a value of this parameter must be, as a clause: "must be true or false".
std::string describe(const endpoint_plan& plan, const parameter_plan& parameter);

}  // namespace tributary::actors::aggregation
