// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "http/server/handlers/jobs/job_query.hpp"
#include "providers/jobs/job_store.hpp"

#include <cstddef>
#include <vector>

namespace tributary::http::server {

/// What a request asks of `GET /jobs`.
struct job_list_input {
  static constexpr std::size_t default_limit = 50;
  static constexpr std::size_t most_limit = 200;

  providers::jobs::list_filter filter;
  std::vector<parameter_complaint> errors;  ///< all that is wrong with the parameters
};

/// Reads `status` (a list with commas), `vendor`, `created_after`, `created_before` (RFC 3339),
/// `limit` (1–200, above: 200) and `cursor`. Others are ignored.
job_list_input read_job_list_input(const request& asked);

}  // namespace tributary::http::server
