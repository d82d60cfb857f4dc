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

/// Appends the cache key. A request that differs from the plain one in a parameter outside of the
/// template gets all those parameters appended, in declaration order, each after a `:`, absent ones
/// empty. `:`, `%` and control characters of values are percent-encoded, so that no two requests
/// share a key by accident. The plan must have a cache key.
void append_cache_key(const endpoint_plan& plan, const bound_parameters& values, std::string& out);

/// The tags of an answer to this request, in the order of the configuration; values are encoded as
/// in a key. A tag with a parameter that has no value is left out.
std::vector<std::string> cache_tags(const endpoint_plan& plan, const bound_parameters& values);

}  // namespace tributary::actors::aggregation
