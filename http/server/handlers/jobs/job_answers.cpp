// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_answers.hpp"

#include "http/server/handlers/jobs/job_cursor.hpp"
#include "http/server/problems.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tributary::http::server {

namespace {

constexpr std::string_view json_type = "application/json";
/// Longest time, in seconds, after which a client is asked to look at a job that is not due yet.
constexpr std::int64_t longest_look = 60;

response uncached(int status, std::string_view body) {
  auto result = make_response(status, json_type, body);
  result.add_header("Cache-Control", "no-store");
  return result;
}

std::int64_t seconds_to_look(const job_view& view) {
  if (view.job.state != pj::job_state::queued) return 1;
  const auto left = std::chrono::ceil<std::chrono::seconds>(view.job.run_at - view.now).count();
  return std::clamp<std::int64_t>(left, 1, longest_look);
}

/// Calls `f(value)` for each line of If-None-Match; false where there is none.
template <class Function>
bool each_known_version(const request& asked, Function&& f) {
  asked.each_header("If-None-Match", f);
  return asked.has_header("If-None-Match");
}

void append_error(std::string& list, std::string_view pointer, std::string_view detail) {
  if (list.back() != '[') list += ',';
  list += R"({"pointer":)";
  wire::append_json_string(list, pointer);
  list += R"(,"detail":)";
  wire::append_json_string(list, detail);
  list += '}';
}

std::string error_list(std::span<const job_complaint> errors, std::string_view below) {
  std::string result = "[";
  for (const auto& each : errors) {
    append_error(result, std::string{below}.append(each.pointer), each.detail);
  }
  return result += ']';
}

/// `Retry-After: 1`, and the same in the body.
response with_retry(const request& asked, wire::problem p) {
  p.extra_error = R"("retry_after":1)";
  auto result = problem_response(asked, std::move(p));
  result.add_header("Retry-After", "1");
  return result;
}

std::string said_of(std::size_t count, std::string_view only) {
  return count == 1 ? std::string{only} : std::to_string(count) + " things are wrong";
}

std::string link_to_next(const pj::list_filter& filter, std::string_view cursor) {
  std::string link = "</jobs?limit=" + std::to_string(filter.limit);
  if (!filter.statuses.empty()) {
    link += "&status=";
    for (const auto& each : filter.statuses) {
      if (&each != &filter.statuses.front()) link += ',';
      link += each;
    }
  }
  if (!filter.vendor.empty()) wire::append_percent_encoded(link.append("&vendor="), filter.vendor);
  const auto add_time = [&](std::string_view name, const std::optional<pj::instant>& when) {
    if (!when) return;
    std::string text;
    append_job_time(text, *when);
    link.append(name).append(text, 1, text.size() - 2);
  };
  add_time("&created_after=", filter.created_after);
  add_time("&created_before=", filter.created_before);
  return link.append("&cursor=").append(cursor).append(R"(>; rel="next")");
}

}  // namespace

response job_response(const request& asked, const job_view& view) {
  response result;
  const auto etag = job_etag(view);
  result.add_header("ETag", etag);
  result.add_header("Vary", "Prefer");
  if (has_ended(view.job.state)) {
    result.add_header("Cache-Control", "private, max-age=60");
  } else {
    result.add_header("Cache-Control", "no-store");
    result.add_header("Retry-After", std::to_string(seconds_to_look(view)));
  }
  auto is_known = false;
  each_known_version(asked, [&](std::string_view value) {
    is_known = is_known || wire::matches_etag(value, etag);
  });
  if (is_known) {
    result.status = 304;
    return result;
  }
  result.content_type = json_type;
  result.body.emplace_back(wire::shared_bytes{job_document(view)});
  return result;
}

bool knows_other_version(const request& asked, const job_view& view) {
  const auto tag = version_tag(view);
  auto is_known = false;
  const auto has_one = each_known_version(asked, [&](std::string_view value) {
    // With what follows the version, so that 1 is not taken for 12.
    is_known = is_known || value.find(tag + '"') != value.npos ||
               value.find(tag + '-') != value.npos || value.find('*') != value.npos;
  });
  return has_one && !is_known;
}

response accepted_response(pj::kept_answer answer, bool replayed) {
  auto result = uncached(answer.status, answer.body);
  // Both kinds begin with the name, which has no character that is escaped.
  constexpr std::string_view opening = R"({"request_id":")";
  if (answer.body.starts_with(opening)) {
    result.add_header("Location",
                      "/jobs/" + answer.body.substr(opening.size(), pj::job_id::text_size));
  }
  result.add_header("Retry-After", "1");
  result.add_header("Vary", "Prefer");
  if (replayed) result.add_header("Idempotent-Replayed", "true");
  return result;
}

response batch_response(pj::kept_answer answer, bool replayed) {
  auto result = uncached(answer.status, answer.body);
  if (replayed) result.add_header("Idempotent-Replayed", "true");
  return result;
}

std::string batch_result(const pj::kept_answer& answer) {
  auto result = R"({"status":)" + std::to_string(answer.status);
  return result.append(1, ',').append(answer.body, 1);
}

std::string batch_refusal(int status, wire::problem_code code, std::string_view message,
                          std::span<const job_complaint> errors) {
  auto result = R"({"status":)" + std::to_string(status) + R"(,"error":{"code":)";
  wire::append_json_string(result, code.text());
  result += R"(,"message":)";
  wire::append_json_string(result, message);
  result += '}';
  if (!errors.empty()) result.append(R"(,"errors":)").append(error_list(errors, {}));
  return result += '}';
}

response job_list_response(const request&, const pj::list_filter& filter,
                           std::span<const pj::job_summary> jobs, pj::instant now) {
  std::string cursor;
  if (jobs.size() >= filter.limit) cursor = write_job_cursor(filter, jobs.back().id);
  auto result = uncached(200, job_list_document(jobs, cursor, now));
  if (!cursor.empty()) result.add_header("Link", link_to_next(filter, cursor));
  return result;
}

response cancel_response(const request& asked, const pj::job_id& id, const pj::cancel_result& done,
                         pj::instant now) {
  using kind = pj::cancel_result::kind;
  const auto status = status_text(done.state, now, now);
  switch (done.what) {
    case kind::cancelled:
      return uncached(200, cancel_document(id, status, true));
    case kind::requested: {
      auto result = uncached(202, cancel_document(id, status, true));
      result.add_header("Retry-After", "1");
      return result;
    }
    case kind::ended: {
      auto p = wire::make_problem("JOB_FINISHED");
      p.detail = "the job is " + std::string{status};
      const auto extra = R"("job_status":")" + std::string{status} + '"';
      p.extra = extra;
      return problem_response(asked, std::move(p));
    }
    case kind::not_found:
      break;
  }
  return job_not_found(asked);
}

response webhook_response(const request& asked, const pj::webhook_result& done) {
  using kind = pj::webhook_result::kind;
  switch (done.what) {
    case kind::accepted:
      return uncached(200, R"({"status":"accepted"})");
    case kind::duplicate:
      return uncached(200, R"({"status":"duplicate"})");
    case kind::late:
      return uncached(200, R"({"status":"late"})");
    case kind::stored:
      return uncached(202, R"({"status":"stored"})");
    case kind::vendor_mismatch:
      return problem_response(asked, wire::make_problem("VENDOR_MISMATCH"));
    case kind::refused:
      break;
  }
  return webhook_refused(asked);
}

// -- refusals -----------------------------------------------------------------------------------

response job_not_found(const request& asked) {
  return problem_response(asked, wire::make_problem("JOB_NOT_FOUND"));
}

response unsupported_job_type(const request& asked) {
  auto p = wire::make_problem("UNSUPPORTED_MEDIA_TYPE");
  p.detail = "expected `application/json`, or no content type";
  return problem_response(asked, std::move(p));
}

response invalid_json(const request& asked, std::string_view why) {
  auto p = wire::make_problem("INVALID_JSON");
  p.detail = why;
  return problem_response(asked, std::move(p));
}

response invalid_batch(const request& asked, std::string_view why) {
  auto p = wire::make_problem("INVALID_BATCH");
  p.detail = why;
  return problem_response(asked, std::move(p));
}

response invalid_webhook(const request& asked, std::string_view why) {
  auto p = wire::make_problem("INVALID_WEBHOOK");
  p.detail = why;
  return problem_response(asked, std::move(p));
}

response invalid_key(const request& asked) {
  auto p = wire::make_problem("INVALID_IDEMPOTENCY_KEY");
  p.detail = "expected one quoted string, or one text without blanks, of 1 to 255 characters";
  return problem_response(asked, std::move(p));
}

response vendor_not_found(const request& asked) {
  return problem_response(asked, wire::make_problem("VENDOR_NOT_FOUND"));
}

response webhook_refused(const request& asked) {
  return problem_response(asked, wire::make_problem("WEBHOOK_REFUSED"));
}

response invalid_parameters(const request& asked, std::span<const parameter_complaint> errors) {
  std::string list = R"("errors":[)";
  for (const auto& each : errors) {
    if (list.back() != '[') list += ',';
    list += R"({"detail":)";
    wire::append_json_string(list, each.detail);
    list += R"(,"parameter":)";
    wire::append_json_string(list, each.parameter);
    list += '}';
  }
  list += ']';
  auto p = wire::make_problem("INVALID_PARAMETER");
  p.detail = said_of(errors.size(), errors.front().detail);
  p.extra = list;
  return problem_response(asked, std::move(p));
}

response invalid_job(const request& asked, const job_refusal& refusal) {
  const auto extra = R"("errors":)" + error_list(refusal.errors, {});
  wire::problem p{400, refusal.code, {}, {}, {}, {}, {}};
  if (!refusal.errors.empty()) {
    p.detail = said_of(refusal.errors.size(), refusal.errors.front().detail);
    p.extra = extra;
  }
  return problem_response(asked, std::move(p));
}

response invalid_jobs(const request& asked,
                      std::span<const std::pair<std::size_t, job_refusal>> refusals) {
  std::string list = R"("errors":[)";
  std::size_t count = 0;
  for (const auto& [place, refusal] : refusals) {
    const auto below = "/jobs/" + std::to_string(place);
    for (const auto& each : refusal.errors) {
      append_error(list, below + each.pointer, each.detail);
      ++count;
    }
  }
  list += ']';
  wire::problem p{400, refusals.front().second.code, {}, {}, {}, {}, {}};
  const auto& first = refusals.front().second.errors;
  p.detail = said_of(count, first.empty() ? std::string_view{} : first.front().detail);
  p.extra = list;
  return problem_response(asked, std::move(p));
}

response key_conflict(const request& asked, pj::accepted_job::kind what) {
  if (what == pj::accepted_job::kind::in_progress) {
    return with_retry(asked, wire::make_problem("IDEMPOTENCY_IN_PROGRESS"));
  }
  return problem_response(asked, wire::make_problem("IDEMPOTENCY_KEY_REUSED"));
}

response queue_full(const request& asked) {
  return with_retry(asked, wire::make_problem("QUEUE_FULL"));
}

response store_refused(const request& asked, actors::jobs::store_refusal why) {
  if (why == actors::jobs::store_refusal::overloaded) {
    return overloaded(asked, "too many requests wait for the store of jobs");
  }
  return with_retry(asked, wire::make_problem("STORE_UNAVAILABLE"));
}

}  // namespace tributary::http::server
