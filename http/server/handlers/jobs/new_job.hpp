// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/problem_types.hpp"
#include "providers/jobs/job_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tributary::http::server {

/// Something that is wrong with a job.
struct job_complaint {
  std::string pointer;  ///< into the payload (RFC 6901)
  std::string detail;
};

/// Why a payload becomes no job.
struct job_refusal {
  wire::problem_code code{"INVALID_JOB"};
  std::vector<job_complaint> errors;  ///< all that is wrong
};

/// A payload with its options, checked and cleaned.
struct wanted_job {
  providers::jobs::new_job job;
  std::optional<std::string> idempotency_key;  ///< of this payload, within a batch
};

/// What a payload is to become.
struct job_terms {
  providers::jobs::job_id id;
  providers::jobs::instant now{};
  std::string webhook_token;
  bool in_batch = false;  ///< options may have an idempotency key
};

/// Makes a job of a JSON text. Any thread.
using job_maker =
    std::function<std::variant<wanted_job, job_refusal>(std::string_view payload, job_terms terms)>;

}  // namespace tributary::http::server
