// SPDX-License-Identifier: MIT
#include "actors/aggregation/judge.hpp"

#include "actors/aggregation/verdict.hpp"
#include "http/wire/error_token.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/problem.hpp"
#include "http/wire/structured_field.hpp"

#include <algorithm>

namespace tributary::actors::aggregation {

namespace {

using http::wire::byte_slice;
using http::wire::error_token;
using http::wire::shared_bytes;

bool has(std::uint64_t mask, std::size_t index) { return (mask >> index & 1) != 0; }

void describe_source(const part_outcome& outcome, http::wire::structured_list& list) {
  if (outcome.source == part_source::primary) return;
  list.parameter_token("source", to_string(outcome.source));
  if (!outcome.provider.empty()) list.parameter_token("provider", outcome.provider);
  if (outcome.age) list.parameter("age", outcome.age->count());
}

std::string status_list(const endpoint_plan& plan, std::uint64_t asked,
                        std::span<const part_outcome> outcomes) {
  http::wire::structured_list list;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!has(asked, i)) continue;
    const auto& outcome = outcomes[i];
    list.token(plan.parts[i].settings.name);
    if (outcome.cancelled) {
      list.parameter_token("detail", "cancelled");
      continue;
    }
    auto by_rule = outcome.error == error_token::http_response_status &&
                   std::any_of(plan.parts[i].settings.status_rules.begin(),
                               plan.parts[i].settings.status_rules.end(), [&](const auto& rule) {
                                 return rule.upstream_status == outcome.status;
                               });
    if (!outcome.there() && !by_rule) list.parameter_token("error", to_string(outcome.error));
    if (!outcome.detail.empty()) list.parameter_token("detail", outcome.detail);
    // What comes from elsewhere has no status of its own.
    const auto own = !outcome.there() || outcome.source == part_source::primary;
    if (outcome.status != 0 && own) list.parameter("status", outcome.status);
    list.parameter("dur", outcome.duration.count());
    if (outcome.attempts > 1) list.parameter("attempts", outcome.attempts);
    if (outcome.there()) describe_source(outcome, list);
  }
  return list.str();
}

std::string proxy_status(const endpoint_plan& plan, std::size_t culprit, int status,
                         const part_outcome& outcome) {
  http::wire::structured_list list;
  list.token("tributary");
  // A status that is passed on is the upstream's own answer, not an error of the way to it.
  if (status != outcome.status) list.parameter_token("error", to_string(outcome.error));
  list.parameter_token("next-hop", plan.parts[culprit].settings.upstream);
  if (outcome.status != 0) list.parameter("received-status", outcome.status);
  if (!outcome.detail.empty()) list.parameter_string("details", outcome.detail);
  return list.str();
}

/// Whole seconds, rounded up, at least 1.
std::int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::max<std::int64_t>(1, (time.count() + 999) / 1000);
}

std::int64_t retry_seconds(const endpoint_plan& plan, std::span<const part_outcome> outcomes,
                           std::uint64_t missing) {
  std::optional<std::chrono::milliseconds> longest;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!has(missing, i) || !outcomes[i].retry_after) continue;
    longest = std::max(longest.value_or(std::chrono::milliseconds{0}), *outcomes[i].retry_after);
  }
  return whole_seconds(longest.value_or(plan.settings.retry_after));
}

void append_names(const endpoint_plan& plan, std::uint64_t mask, std::string& out) {
  out += '[';
  auto first = true;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!has(mask, i)) continue;
    if (!first) out += ',';
    first = false;
    out += plan.parts[i].json_name;
  }
  out += ']';
}

/// The members of `error` behind code and message.
std::string account(const endpoint_plan& plan, std::uint64_t there, std::uint64_t missing,
                    std::int64_t retry_after) {
  std::string result = R"("available_services":)";
  append_names(plan, there, result);
  result += R"(,"unavailable_services":)";
  append_names(plan, missing, result);
  result += R"(,"retry_after":)";
  result += std::to_string(retry_after);
  return result;
}

shared_bytes partial_error(const std::string& accounted) {
  return shared_bytes{R"({"code":"PARTIAL_DATA_FETCH","message":"Some services unavailable",)" +
                      accounted + "}"};
}

bool wants_retry_after(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

std::string_view applied(const endpoint_plan& plan, strictness handling) {
  if (handling == strictness::strict) return "handling=strict";
  return lenience_applies(plan, handling) ? "handling=lenient" : std::string_view{};
}

/// Code and words of a failure.
http::wire::problem describe_failure(const endpoint_plan& plan, const verdict& found,
                                     std::uint64_t asked) {
  http::wire::problem p;
  p.status = found.status;
  if (found.kind == answer_kind::rule) {
    p.code = http::wire::problem_code::configured(found.rule->code);
    p.title = found.rule->message;
    return p;
  }
  std::string_view what = "Not available at present";
  // Of parts that were given up nobody knows whether their services are there.
  const auto all = found.missing == asked;
  p.code = "PARTIAL_DATA_FETCH";
  if (all) p.code = "ALL_SERVICES_UNAVAILABLE";
  switch (found.status) {
    case 504:
      what = "No answer came in time";
      break;
    case 503:
      break;
    case 502:
      what = "No usable answer came";
      break;
    case 500:
      p.code = "INTERNAL_ERROR";
      p.title = "Internal error";
      what = "An internal error prevented the answer";
      break;
    default:
      p.code = "UPSTREAM_REFUSED";
      what = "The request was refused";
  }
  p.detail = what;
  auto separator = ": ";
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!has(found.missing, i)) continue;
    p.detail += separator;
    p.detail += plan.parts[i].settings.name;
    separator = ", ";
  }
  p.detail += '.';
  return p;
}

void set_problem(aggregate_answer& answer, const http::wire::problem& p, std::int64_t retry_after) {
  answer.status = p.status;
  answer.content_type = http::wire::problem_media_type;
  answer.cache_control = "no-store";
  answer.aggregate_complete = "?0";
  answer.body.emplace_back(shared_bytes{http::wire::problem_body(p)});
  if (wants_retry_after(p.status)) answer.retry_after = retry_after;
}

/// False when a fallback stands in for some part: such an answer is `no-store`, so that no cache
/// keeps it longer than the trouble lasts.
bool none_degraded(std::uint64_t asked, std::span<const part_outcome> outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (has(asked, i) && outcomes[i].degraded()) return false;
  }
  return true;
}

void measure(aggregate_answer& answer) {
  for (const auto& fragment : answer.body) answer.body_size += fragment.size();
}

/// Settled outcomes: the given ones, or, where parts merge at the root, a copy without conflicts.
class settled_outcomes {
 public:
  settled_outcomes(const endpoint_plan& plan, std::uint64_t asked,
                   std::span<const part_outcome> given)
      : view_(given) {
    if (!plan.any_root) return;
    copy_.assign(given.begin(), given.end());
    refuse_conflicts(plan, asked, copy_);
    view_ = copy_;
  }
  std::span<const part_outcome> get() const noexcept { return view_; }

 private:
  std::vector<part_outcome> copy_;
  std::span<const part_outcome> view_;
};

aggregate_answer refuse_with(const endpoint_plan& plan, http::wire::problem p) {
  aggregate_answer answer;
  answer.kind = answer_kind::refused;
  auto retry_after = whole_seconds(plan.settings.retry_after);
  auto accounted = account(plan, 0, 0, retry_after);
  p.extra_error = accounted;
  set_problem(answer, p, retry_after);
  measure(answer);
  return answer;
}

}  // namespace

aggregate_answer judge(const endpoint_plan& plan, const answer_request& request,
                       std::span<const part_outcome> given) {
  settled_outcomes settled_ones{plan, request.asked, given};
  auto outcomes = settled_ones.get();
  auto found = decide(plan, request, outcomes);
  aggregate_answer answer;
  answer.kind = found.kind;
  answer.status = found.status;
  answer.aggregate_status = status_list(plan, request.asked, outcomes);
  answer.preference_applied = applied(plan, request.handling);
  if (found.kind == answer_kind::complete) {
    answer.aggregate_complete = "?1";
    answer.cacheable = none_degraded(request.asked, outcomes);
    answer.body = merge(plan, request.asked, outcomes);
  } else {
    auto retry_after = retry_seconds(plan, outcomes, found.missing);
    auto accounted = account(plan, found.there, found.missing, retry_after);
    if (found.kind == answer_kind::partial) {
      answer.aggregate_complete = "?0";
      answer.cache_control = "no-store";
      answer.body = merge(plan, request.asked, outcomes, partial_error(accounted));
    } else {
      auto p = describe_failure(plan, found, request.asked);
      p.instance = request.instance;
      p.extra_error = accounted;
      set_problem(answer, p, retry_after);
      if (found.culprit) {
        const auto& outcome = outcomes[*found.culprit];
        answer.proxy_status = proxy_status(plan, *found.culprit, found.status, outcome);
      }
    }
  }
  measure(answer);
  return answer;
}

bool settled(const endpoint_plan& plan, const answer_request& request,
             std::span<const part_outcome> outcomes, std::uint64_t arrived) {
  auto heard = request.asked & arrived;
  if (heard == request.asked) return true;
  // A rule that may still fire outranks any failure, so it has to be waited for.
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    auto pending = has(request.asked & ~arrived, i);
    if (pending && !plan.parts[i].settings.status_rules.empty()) return false;
  }
  return decide(plan, {heard, request.handling, {}}, outcomes).culprit.has_value();
}

aggregate_answer refuse_parameters(const endpoint_plan& plan,
                                   const std::vector<parameter_error>& errors,
                                   std::string_view instance) {
  std::string list = R"("errors":[)";
  for (const auto& error : errors) {
    if (&error != &errors.front()) list += ',';
    list += R"({"detail":)";
    http::wire::append_json_string(list, error.detail);
    list += R"(,"parameter":)";
    http::wire::append_json_string(list, error.parameter);
    list += '}';
  }
  list += ']';
  auto p = http::wire::make_problem("INVALID_PARAMETER");
  p.detail = errors.size() == 1 ? errors.front().detail
                                : std::to_string(errors.size()) + " parameters are invalid";
  p.instance = instance;
  p.extra = list;
  return refuse_with(plan, std::move(p));
}

aggregate_answer refuse(const endpoint_plan& plan, http::wire::problem_code code,
                        std::string_view message, std::string_view instance) {
  auto p = http::wire::make_problem(code);
  p.title = message;
  p.instance = instance;
  return refuse_with(plan, std::move(p));
}

}  // namespace tributary::actors::aggregation
