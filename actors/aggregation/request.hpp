// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::aggregation {

/// A header field of an upstream request; the name belongs to the plan.
struct request_header {
  std::string_view name;
  std::string value;
};

/// Appends the part's request target: prefix, path, query. Values are percent-encoded, so that none
/// can add a segment, a query or a fragment; bind_parameters has refused `.` and `..` for path
/// parameters. Query fields of which a parameter has no value are left out. False, with `out` as it
/// was, when the values would make up a dot segment, or a path parameter has no value.
bool append_target(const part_plan& part, const bound_parameters& values, std::string& out);

/// Appends the part's request target with a fallback's path in place of its own.
bool append_target(const part_plan& part, const compiled_template& path,
                   const bound_parameters& values, std::string& out);

/// Appends the part's header fields, those with a missing value left out.
void append_headers(const part_plan& part, const bound_parameters& values,
                    std::vector<request_header>& out);

}  // namespace tributary::actors::aggregation
