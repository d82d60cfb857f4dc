// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/bind.hpp"
#include "actors/aggregation/merge.hpp"
#include "actors/aggregation/outcome.hpp"
#include "actors/aggregation/plan.hpp"
#include "http/wire/problem_types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::aggregation {

/// `Prefer: handling=…` (RFC 7240, section 4.4).
enum class strictness : std::uint8_t { unsaid, strict, lenient };

enum class answer_kind : std::uint8_t {
  complete,  ///< every asked part is there
  partial,   ///< some are missing, and that is allowed
  failed,    ///< too little is there; problem details
  rule,      ///< a status rule decided, such as CUSTOMER_NOT_FOUND; problem details
  refused,   ///< no part was asked; problem details
};

/// What a client is told. Header values are ready to be sent; empty means: do not send the field.
struct aggregate_answer {
  int status = 200;
  answer_kind kind = answer_kind::complete;
  std::string_view content_type = "application/json";
  fragments body;
  std::size_t body_size = 0;            ///< bytes of all fragments, for Content-Length
  std::string aggregate_status;         ///< `Aggregate-Status`
  std::string_view aggregate_complete;  ///< `Aggregate-Complete`: `?1` or `?0`
  std::string_view cache_control;       ///< `no-store`; empty for a complete answer: the cache says
  std::string_view
      preference_applied;    ///< `Preference-Applied`; `Vary: Prefer` is due on all answers
  std::string proxy_status;  ///< `Proxy-Status`, when a required part decided
  std::optional<std::int64_t>
      retry_after;  ///< `Retry-After`, seconds; with 429, 502, 503, 504 only
  bool cacheable = false;
};

/// Whom the answer is for.
struct answer_request {
  std::uint64_t asked = 0;  ///< bound_parameters::asked
  strictness handling = strictness::unsaid;
  std::string_view instance;  ///< request id, the `instance` of problem details
};

/// The answer to what came of the parts. 200 while there is something to give and no required part
/// is missing, with an `error` object that names the missing parts; else an error whose status
/// follows from the causes (`verdict.hpp`). `outcomes` holds one entry for each part of the plan;
/// those of parts that were not asked for are ignored. The result depends on nothing else, least of
/// all on the order of arrival. Callers that share a gather are judged one by one, each with its
/// strictness.
aggregate_answer judge(const endpoint_plan& plan, const answer_request& request,
                       std::span<const part_outcome> outcomes);

/// True when nothing still to come can give this caller data: a part that it cannot do without has
/// failed, and no part with a status rule, which would outrank that, is pending. Whoever gathers
/// may then cancel the rest and mark it `cancelled`. A status rule alone settles nothing: its
/// answer gives an account of all parts, so all are waited for. `arrived` has one bit a part.
bool settled(const endpoint_plan& plan, const answer_request& request,
             std::span<const part_outcome> outcomes, std::uint64_t arrived);

/// 400 INVALID_PARAMETER with an `errors` array.
aggregate_answer refuse_parameters(const endpoint_plan& plan,
                                   const std::vector<parameter_error>& errors,
                                   std::string_view instance);

/// A failure of the gateway itself, such as 503 OVERLOADED or 500 INTERNAL_ERROR.
aggregate_answer refuse(const endpoint_plan& plan, http::wire::problem_code code,
                        std::string_view message, std::string_view instance);

}  // namespace tributary::actors::aggregation
