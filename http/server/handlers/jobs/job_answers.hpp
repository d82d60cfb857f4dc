// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/store_call.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/jobs/job_document.hpp"
#include "http/server/handlers/jobs/job_query.hpp"
#include "http/server/handlers/jobs/new_job.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Answers of the routes of jobs. Pure; any thread.
namespace tributary::http::server {

/// 200 with the document, or 304 where the client has it (RFC 9110, 13).
response job_response(const request& asked, const job_view& view);

/// True when If-None-Match is there and names no version that the job has now.
bool knows_other_version(const request& asked, const job_view& view);

/// 202 or 200 to a job that was handed in. @param replayed it is the answer to an earlier request
response accepted_response(pj::kept_answer answer, bool replayed);

/// 200 to a batch.
response batch_response(pj::kept_answer answer, bool replayed);

/// What is said of one payload of a batch: a member of `results`.
std::string batch_result(const pj::kept_answer& answer);
std::string batch_refusal(int status, wire::problem_code code, std::string_view message,
                          std::span<const job_complaint> errors = {});

response job_list_response(const request& asked, const pj::list_filter& filter,
                           std::span<const pj::job_summary> jobs, pj::instant now);

response cancel_response(const request& asked, const pj::job_id& id, const pj::cancel_result& done,
                         pj::instant now);

/// 200, 202, 401 or 409: what came of a vendor's webhook.
response webhook_response(const request& asked, const pj::webhook_result& done);

// -- refusals -----------------------------------------------------------------------------------

response job_not_found(const request& asked);
response unsupported_job_type(const request& asked);
response invalid_json(const request& asked, std::string_view why);
response invalid_batch(const request& asked, std::string_view why);
response invalid_webhook(const request& asked, std::string_view why);
response invalid_key(const request& asked);
response vendor_not_found(const request& asked);

/// 401, the same for whatever is wrong.
response webhook_refused(const request& asked);

/// 400 with all that is wrong with parameters; some are.
response invalid_parameters(const request& asked, std::span<const parameter_complaint> errors);

/// 400 with all that is wrong with a job.
response invalid_job(const request& asked, const job_refusal& refusal);

/// 400 with all that is wrong with the payloads of a batch. @param refusals by place
response invalid_jobs(const request& asked,
                      std::span<const std::pair<std::size_t, job_refusal>> refusals);

/// 409 or 422: `what` came of an idempotency key.
response key_conflict(const request& asked, pj::accepted_job::kind what);

response queue_full(const request& asked);

/// 503: the store was not asked, or has not said that it is done.
response store_refused(const request& asked, actors::jobs::store_refusal why);

}  // namespace tributary::http::server
