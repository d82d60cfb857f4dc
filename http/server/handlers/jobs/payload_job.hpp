// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/jobs_settings.hpp"
#include "http/server/handlers/jobs/new_job.hpp"
#include "http/server/handlers/jobs/vendor_webhooks.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tributary::http::server {

/// Takes personal data out of a JSON text. Any thread.
using json_cleaner = std::function<std::string(std::string_view json)>;

/// By what the configuration says of cleaning.
json_cleaner make_json_cleaner(const config::cleaning_settings& settings);
text_cleaner make_text_cleaner(const config::cleaning_settings& settings);

/// Makes jobs of payloads: takes out their options, cleans what is left, and finds their vendor.
job_maker make_job_maker(const config::jobs_settings& settings, json_cleaner clean);

}  // namespace tributary::http::server
