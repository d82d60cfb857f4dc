// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/problem_types.hpp"

#include <string>
#include <string_view>

namespace tributary::http::wire {

/// Media type of problem details (RFC 9457).
inline constexpr std::string_view problem_media_type = "application/problem+json";

/// An error told to a client: problem details with the product's own `error` object, so that
/// readers of either are served.
struct problem {
  int status = 500;
  problem_code code;          ///< `error.code`; also names the `type`
  std::string_view title;     ///< one short sentence; empty: that of the code, else of the status
  std::string detail;         ///< what is wrong here and where; empty: the member is left out
  std::string_view instance;  ///< request id; empty: left out
  std::string_view extra_error;  ///< further members of `error`, serialised: `"retry_after":5`
  std::string_view extra;        ///< further members of the document: `"errors":[…]`
};

/// A problem of this type, with its status, or 500 where that depends on what happened.
problem make_problem(problem_code code) noexcept;

/// The body: `{"type","title","status","detail","instance","error":{"code","message",…},…}`.
/// Strings are escaped, and bytes that are not UTF-8 replaced, so the result is always valid JSON.
/// `type` is the code as a stable URI: `urn:tributary:problem:invalid-parameter`. `error.message`
/// is the detail, or the title when there is none.
std::string problem_body(const problem& p);

/// The reason phrase of a status code (RFC 9110, 15); empty when it is unknown.
std::string_view reason_phrase(int status) noexcept;

}  // namespace tributary::http::wire
