// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tributary::http::wire {

/// Media type of problem details (RFC 9457).
inline constexpr std::string_view problem_media_type = "application/problem+json";

/// An error told to a client: problem details with the product's own `error` object, so that
/// readers of either are served.
struct problem {
  int status = 500;
  std::string_view code;  ///< `error.code`: INVALID_PARAMETER, OVERLOADED, …; also names the `type`
  std::string_view title;        ///< one short sentence, the same for each problem of this code
  std::string detail;            ///< what is wrong here and where; empty: the member is left out
  std::string_view instance;     ///< request id; empty: left out
  std::string_view extra_error;  ///< further members of `error`, serialised: `"retry_after":5`
  std::string_view extra;        ///< further members of the document: `"errors":[…]`
};

/// The body: `{"type","title","status","detail","instance","error":{"code","message",…},…}`.
/// Strings are escaped, and bytes that are not UTF-8 replaced, so the result is always valid JSON.
/// `type` is the code as a stable URI: `urn:tributary:problem:invalid-parameter`. `error.message`
/// is the detail, or the title when there is none.
std::string problem_body(const problem& p);

/// The reason phrase of a status code (RFC 9110, 15); empty when it is unknown.
std::string_view reason_phrase(int status) noexcept;

}  // namespace tributary::http::wire
