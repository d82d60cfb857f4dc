// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/payload_job.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tributary::http::server {

json_cleaner make_json_cleaner(const config::cleaning_settings&) {
  return [](std::string_view json) { return std::string{json}; };
}

text_cleaner make_text_cleaner(const config::cleaning_settings&) {
  return [](std::string_view text) { return std::string{text}; };
}

job_maker make_job_maker(const config::jobs_settings& settings, json_cleaner clean) {
  return [settings, clean = std::move(clean)](
             std::string_view payload, job_terms terms) -> std::variant<wanted_job, job_refusal> {
    const auto vendor = std::ranges::find(settings.vendors, settings.default_vendor,
                                          &config::vendor_settings::name);
    wanted_job result;
    result.job.id = terms.id;
    result.job.vendor = vendor->name;
    result.job.asynchronous = vendor->kind == config::vendor_kind::async;
    result.job.payload = clean(payload);
    result.job.max_attempts = vendor->retry.max_attempts;
    result.job.webhook_token = std::move(terms.webhook_token);
    return result;
  };
}

}  // namespace tributary::http::server
