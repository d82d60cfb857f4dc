// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/handlers/jobs/new_job.hpp"
#include "http/server/handlers/jobs/store_question.hpp"

#include <string>

namespace tributary::http::server {

class router;

/// Adds `POST /jobs`, `POST /jobs/batch`, `GET /jobs`, `GET /jobs/{request_id}`,
/// `POST /jobs/{request_id}/cancel` and `DELETE /jobs/{request_id}`.
///
/// What is handed in is answered once it is durable: on the thread of the store's writer. Reads are
/// rendered on the readers' threads, so that no worker waits for a long document.
void add_job_routes(router& routes, const jobs_wiring& wiring, job_maker make);

/// Text that nobody can guess, for what a vendor's webhook may have to show.
std::string make_webhook_token();

/// 64 bits that nobody can guess. Any thread.
std::uint64_t unguessable_bits();

}  // namespace tributary::http::server
