// SPDX-License-Identifier: MIT
#pragma once

#include "config/section.hpp"
#include "config/sections/jobs_settings.hpp"

#include <string_view>

namespace tributary::config {

/// Where jobs are served, on the public listener.
inline constexpr std::string_view jobs_path = "/jobs";
inline constexpr std::string_view job_batch_path = "/jobs/batch";
inline constexpr std::string_view job_path = "/jobs/{request_id}";
inline constexpr std::string_view job_cancel_path = "/jobs/{request_id}/cancel";
inline constexpr std::string_view job_events_path = "/jobs/{request_id}/events";
inline constexpr std::string_view vendor_webhook_path = "/vendor-webhook/{vendor}";

/// `jobs`: there or not. Each vendor that is called becomes an upstream `vendor-NAME`.
section_ptr jobs_section();

}  // namespace tributary::config
