// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/shared_bytes.hpp"
#include "providers/jobs/job_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tributary::providers::vendors {

/// What a vendor says of a job by webhook. Pieces of JSON are as the vendor spelled them, not yet
/// cleaned.
struct vendor_webhook {
  struct done {
    std::string data;  ///< a JSON text
  };
  struct failed {
    std::string message;     ///< the vendor's words, not yet cleaned; empty: none
    bool retryable = false;  ///< another try may do better
  };
  struct progress {
    std::string value;  ///< a JSON text
  };

  std::optional<jobs::job_id> id;
  std::string reference;  ///< the vendor's own name for the job, UTF-8; empty: not told
  std::variant<done, failed, progress> what;
};

/// Why a body is not what it should be.
struct webhook_refusal {
  enum class kind : std::uint8_t { not_json, malformed };

  kind what = kind::malformed;
  std::string detail;  ///< for the vendor; nothing of the body is repeated in it
};

/// Reads the body of a webhook whose signature was found good:
///
///     {"job_id" and/or "reference", "data": …}
///     {…, "status": "failed", "error": {"message": "…", "retryable": false}}
///     {…, "status": "progress", "progress": …}
///
/// Other members are left alone; of two with one name the last counts. A `job_id`, `reference`,
/// `error` or member of `error` that is null is as if it were not there, and a failure without an
/// `error` has no message. Pure; any thread.
std::variant<vendor_webhook, webhook_refusal> parse_vendor_webhook(
    const http::wire::shared_bytes& body);

}  // namespace tributary::providers::vendors
