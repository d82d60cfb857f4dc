// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/handlers/jobs/store_question.hpp"

#include <string>

namespace tributary::http::server {

class router;

/// Adds what operators ask of jobs, on their own port: `GET /admin/jobs/running`,
/// `POST /admin/jobs/{request_id}/kill`, `GET /admin/invariants`.
/// @param token bearer token that every call must show; empty: none
void add_job_operator_routes(router& operators, const jobs_wiring& wiring, std::string token);

/// `{"running": […]}`, at one time.
std::string running_document(const std::vector<actors::jobs::running_job>& running,
                             std::chrono::steady_clock::time_point now);

/// `{"accepted", "purged", "states": {…}, "holds"}`: whether as many were accepted as were deleted
/// and are there.
std::string invariants_document(const providers::jobs::job_counts& counts);

}  // namespace tributary::http::server
