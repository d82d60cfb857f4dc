// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_operators.hpp"

#include "http/server/handlers/jobs/job_answers.hpp"
#include "http/server/handlers/jobs/job_document.hpp"
#include "http/server/handlers/jobs/job_input.hpp"
#include "http/server/handlers/operations/operator_access.hpp"
#include "http/server/problems.hpp"
#include "http/server/router.hpp"
#include "http/wire/json_string.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;
using jobs::store_refusal;

namespace {

response operator_answer(int status, std::string_view body) {
  auto result = make_response(status, "application/json", body);
  result.add_header("Cache-Control", "no-store");
  return result;
}

/// Ends the actor as a crash would: it has no say in it.
response kill_job(const jobs_wiring& wiring, const request& asked) {
  const auto id = read_job_id(asked);
  const auto found = id ? wiring.state.running.find(*id) : std::nullopt;
  if (!found) return job_not_found(asked);
  caf::anon_send_exit(found->actor, caf::exit_reason::kill);
  std::string body = R"({"request_id":")" + found->id.text() + R"(","attempt":)";
  return operator_answer(202, body + std::to_string(found->attempt) + '}');
}

void count_jobs(const jobs_wiring& wiring, responder answer) {
  ask_reader(wiring, jobs::count_jobs{},
             [duty = share(std::move(answer))](store_refusal refusal, jobs::read_result* result) {
               if (result == nullptr) {
                 return std::move(*duty).respond(store_refused(duty->get_request(), refusal));
               }
               const auto& counts = std::get<pj::job_counts>(*result);
               std::move(*duty).respond(operator_answer(200, invariants_document(counts)));
             });
}

}  // namespace

std::string running_document(const std::vector<jobs::running_job>& running,
                             std::chrono::steady_clock::time_point now) {
  using std::chrono::milliseconds;
  std::string result = R"({"running":[)";
  auto separator = "";
  for (const auto& each : running) {
    result.append(std::exchange(separator, ",")).append(R"({"request_id":")");
    result.append(each.id.text()).append(R"(","vendor":)");
    wire::append_json_string(result, each.vendor);
    result.append(R"(,"attempt":)").append(std::to_string(each.attempt)).append(R"(,"path":)");
    wire::append_json_string(result, each.path);
    result += R"(,"since":)";
    append_job_time(result, std::chrono::floor<milliseconds>(each.since));
    const auto left = std::chrono::floor<milliseconds>(each.lease_until - now).count();
    result.append(R"(,"lease_left_ms":)").append(std::to_string(std::max<std::int64_t>(0, left)));
    result += '}';
  }
  return result += "]}";
}

std::string invariants_document(const pj::job_counts& counts) {
  const auto there = std::accumulate(counts.states.begin(), counts.states.end(), std::uint64_t{0});
  std::string result = R"({"accepted":)" + std::to_string(counts.accepted);
  result += R"(,"purged":)" + std::to_string(counts.purged) + R"(,"states":{)";
  const auto add = [&](std::string_view name, std::uint64_t count) {
    if (result.back() != '{') result += ',';
    result.append(1, '"').append(name).append("\":").append(std::to_string(count));
  };
  const auto queued = counts.states[static_cast<std::size_t>(pj::job_state::queued)];
  add("scheduled", counts.scheduled);
  add("pending", queued - std::min(queued, counts.scheduled));
  for (std::size_t i = 1; i < counts.states.size(); ++i) {
    add(status_text(static_cast<pj::job_state>(i), {}, {}), counts.states[i]);
  }
  result += R"(},"holds":)";
  result += counts.accepted == counts.purged + there ? "true" : "false";
  return result += '}';
}

void add_job_operator_routes(router& operators, const jobs_wiring& wiring, std::string token) {
  const auto secret = std::make_shared<const std::string>(std::move(token));
  const auto add = [&](method m, std::string_view path, std::string_view summary, auto serve) {
    route_options options;
    options.summary = summary;
    options.produces = {"application/json"};
    options.never_shed = true;
    operators.add(
        m, path,
        [wiring, secret, serve](const request& asked, responder answer) {
          if (auto refusal = refuse_call(asked, *secret, callers::operators)) {
            return std::move(answer).respond(std::move(*refusal));
          }
          serve(wiring, asked, std::move(answer));
        },
        std::move(options));
  };
  add(method::get, "/admin/jobs/running", "Attempts that run in this process.",
      [](const jobs_wiring& w, const request&, responder answer) {
        const auto now = std::chrono::steady_clock::now();
        std::move(answer).respond(
            operator_answer(200, running_document(w.state.running.all(), now)));
      });
  add(method::post, "/admin/jobs/{request_id}/kill",
      "Ends the actor of a running job as a crash would: 202; 404 where it does not run here.",
      [](const jobs_wiring& w, const request& asked, responder answer) {
        std::move(answer).respond(kill_job(w, asked));
      });
  add(method::get, "/admin/invariants",
      "Whether as many jobs were accepted as were deleted and are there.",
      [](const jobs_wiring& w, const request&, responder answer) {
        count_jobs(w, std::move(answer));
      });
}

}  // namespace tributary::http::server
