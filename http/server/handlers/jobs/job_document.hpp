// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "providers/jobs/job.hpp"
#include "providers/jobs/job_store.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Jobs as clients see them: bodies of answers, without HTTP around them. Pure.
namespace tributary::http::server {

namespace pj = providers::jobs;

/// A job as it looks at one time in this process.
struct job_view {
  const pj::job& job;
  pj::instant now{};
  /// Why due jobs of its vendor are not begun, as far as this process knows.
  actors::jobs::vendor_wait wait{};
};

/// The document of `GET /jobs/{request_id}`.
std::string job_document(const job_view& view);

/// Strong: equal for equal documents only. It begins with `version_tag`.
std::string job_etag(const job_view& view);

/// What in the entity tag comes from the job alone: its version, and whether a queued one is due.
/// With the quote that begins the entity tag, and without one at its end.
std::string version_tag(const job_view& view);

/// What a client is told that has handed in a job: 202, or 200 with that of the job that has its
/// unique key. The body of each of the two is kept for whoever repeats the request.
pj::kept_answer acceptance_of(const pj::accepted_job& accepted, pj::instant now);

/// `2026-01-31T09:30:00.250Z` (RFC 3339).
void append_job_time(std::string& out, pj::instant when);

/// `{"jobs": […], "next_cursor": …}`. @param cursor empty: there is no next page
std::string job_list_document(std::span<const pj::job_summary> jobs, std::string_view cursor,
                              pj::instant now);

/// What is told of a cancel: `{"request_id", "status", "cancel_requested"}`.
std::string cancel_document(const pj::job_id& id, std::string_view status, bool requested);

/// The part of a URL before its query.
std::string_view without_query(std::string_view url) noexcept;

}  // namespace tributary::http::server
