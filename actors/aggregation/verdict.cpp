// SPDX-License-Identifier: MIT
#include "actors/aggregation/verdict.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tributary::actors::aggregation {

namespace {

using http::wire::error_token;

/// Calls `f(index)` for each bit of `mask`, lowest first: configuration order.
template <class Function>
void each(std::uint64_t mask, Function f) {
  for (; mask != 0; mask &= mask - 1) f(static_cast<std::size_t>(std::countr_zero(mask)));
}

const config::status_rule* matching_rule(const part_plan& part, const part_outcome& outcome) {
  if (outcome.error != error_token::http_response_status) return nullptr;
  for (const auto& rule : part.settings.status_rules) {
    if (rule.upstream_status == outcome.status) return &rule;
  }
  return nullptr;
}

/// The upstream statuses that a client can act on without knowing who sent them.
bool is_forwardable(int status) {
  constexpr std::array known{400, 401, 403, 404, 409, 410, 422};
  return std::find(known.begin(), known.end(), status) != known.end();
}

/// What one failure of a part amounts to.
int status_of(const part_outcome& outcome) {
  if (http::wire::is_timeout(outcome.error)) return 504;
  if (http::wire::is_refusal(outcome.error)) return 503;
  if (outcome.error == error_token::proxy_internal_error ||
      outcome.error == error_token::proxy_configuration_error) {
    return 500;
  }
  return 502;
}

/// What the failure of a required part amounts to; its 4xx may be passed on to the client.
int required_status(const endpoint_plan& plan, std::uint64_t asked, std::size_t index,
                    const part_outcome& outcome) {
  const auto& settings = plan.parts[index].settings;
  auto passed_on = settings.required && settings.forward_4xx &&
                   outcome.error == error_token::http_response_status &&
                   is_forwardable(outcome.status);
  if (passed_on) {
    each(asked,
         [&](std::size_t i) { passed_on &= i == index || !plan.parts[i].settings.required; });
  }
  return passed_on ? outcome.status : status_of(outcome);
}

/// 504 > 502 > 503 > 500 > what is passed on.
int severity(int status) {
  switch (status) {
    case 504:
      return 4;
    case 502:
      return 3;
    case 503:
      return 2;
    case 500:
      return 1;
    default:
      return 0;
  }
}

/// When no part is there: 504 if each cause is a time-out, 502 if each is another failure of a call
/// that was made, else 503.
int common_status(std::span<const part_outcome> outcomes, std::uint64_t missing) {
  auto all_are = [&](int status) {
    auto result = true;
    each(missing, [&](std::size_t i) { result &= status_of(outcomes[i]) == status; });
    return result;
  };
  return all_are(504) ? 504 : all_are(502) ? 502 : 503;
}

void blame(const endpoint_plan& plan, std::uint64_t asked, std::span<const part_outcome> outcomes,
           std::uint64_t decisive, verdict& out) {
  each(decisive, [&](std::size_t i) {
    auto status = required_status(plan, asked, i, outcomes[i]);
    if (out.culprit && severity(status) <= severity(out.status)) return;
    out.culprit = i;
    out.status = status;
  });
}

}  // namespace

bool lenience_applies(const endpoint_plan& plan, strictness handling) {
  return handling == strictness::lenient && (plan.settings.client_lenient || !plan.any_required);
}

std::uint64_t indispensable(const endpoint_plan& plan, strictness handling, std::uint64_t missing) {
  if (handling == strictness::strict) return missing;
  if (!plan.any_required || lenience_applies(plan, handling)) return 0;
  std::uint64_t result = 0;
  each(missing, [&](std::size_t i) {
    if (plan.parts[i].settings.required) result |= std::uint64_t{1} << i;
  });
  return result;
}

verdict decide(const endpoint_plan& plan, const answer_request& request,
               std::span<const part_outcome> outcomes) {
  verdict result;
  auto required = false;
  std::uint64_t cancelled = 0;
  each(request.asked, [&](std::size_t i) {
    const auto& outcome = outcomes[i];
    required |= plan.parts[i].settings.required;
    auto bit = std::uint64_t{1} << i;
    if (outcome.cancelled) {
      cancelled |= bit;
      return;
    }
    if (outcome.there()) {
      result.there |= bit;
    } else if (const auto* rule = matching_rule(plan.parts[i], outcome)) {
      if (result.rule == nullptr) result.rule = rule;
      result.there |= bit;  // the service is there: it said what the answer is
    } else {
      result.missing |= bit;
    }
  });
  if (result.rule != nullptr) {
    result.kind = answer_kind::rule;
    result.status = result.rule->status;
    return result;
  }
  // Whoever cancels without a failure to blame must not get an answer that looks complete.
  if (result.missing == 0) result.missing = cancelled;
  if (result.missing == 0) return result;
  auto decisive = indispensable(plan, request.handling, result.missing);
  if (result.there == 0 && (!required || decisive == 0)) {
    result.kind = answer_kind::failed;
    result.status = common_status(outcomes, result.missing);
  } else if (decisive != 0) {
    result.kind = answer_kind::failed;
    blame(plan, request.asked, outcomes, decisive, result);
  } else {
    result.kind = answer_kind::partial;
  }
  return result;
}

}  // namespace tributary::actors::aggregation
