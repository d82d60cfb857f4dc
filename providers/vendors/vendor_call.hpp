// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is sent to a vendor. Pure; any thread.
namespace tributary::providers::vendors {

/// A request to a vendor, as whoever makes the call sends it.
struct vendor_call {
  std::string_view method;  ///< a literal
  std::string target;       ///< origin-form, the prefix of the vendor's URL included
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// Where a vendor's URL leads, without its origin: `/async` of `http://127.0.0.1:7003/async/`.
/// A slash at its end is left out.
std::string_view prefix_of(std::string_view path) noexcept;

/// Where an asynchronous vendor sends its webhooks for one job.
/// @param public_url of this server as the vendor sees it, with or without a slash at its end
/// @param token of the job; percent-encoded where need be, as is the vendor's name
std::string callback_url_of(std::string_view public_url, std::string_view vendor,
                            std::string_view token);

/// One attempt of a job, as far as a vendor learns of it.
struct attempt_terms {
  jobs::job_id id;
  std::uint32_t round = 1;
  std::uint32_t attempt = 1;      ///< of the whole life of the job
  std::string_view payload;       ///< a JSON text, cleaned
  std::string_view callback_url;  ///< empty for a vendor that answers at once
};

/// `POST {prefix}/jobs`. The key and the body are the same bytes for every attempt of a round, so
/// that a vendor can tell a repetition; the payload goes out as it is spelled.
vendor_call start_call(std::string_view prefix, const attempt_terms& terms);

/// `GET {prefix}/jobs/{id}`: what has become of the job at the vendor?
vendor_call look_up_call(std::string_view prefix, const jobs::job_id& id);

/// `DELETE {prefix}/jobs/{id}`: it is no longer wanted. Whatever is answered will do.
vendor_call cancel_call(std::string_view prefix, const jobs::job_id& id);

}  // namespace tributary::providers::vendors
