// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Cursors of `GET /jobs`: where a page ended. Pure. They hold the name of a job and not a number,
/// so they stay good while jobs come and go, after a restart and at another instance.
namespace tributary::http::server {

/// Base64url (RFC 4648, 5) without padding. `filter` is that of the page; its `before` and `limit`
/// do not matter.
std::string write_job_cursor(const providers::jobs::list_filter& filter,
                             const providers::jobs::job_id& last);

/// The job before which the next page begins; nothing when this is no cursor of these filters.
///
/// A keyed hash tells cursors from texts that somebody has changed or brought from another list.
/// The key is a constant of the program: it protects against mistakes, not against forgers, who
/// would get nothing but a page that begins elsewhere.
std::optional<providers::jobs::job_id> read_job_cursor(std::string_view cursor,
                                                       const providers::jobs::list_filter& filter);

}  // namespace tributary::http::server
