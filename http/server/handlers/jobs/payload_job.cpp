// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/payload_job.hpp"

#include "actors/jobs/cleaning/clean.hpp"
#include "actors/jobs/job_options.hpp"
#include "http/server/handlers/jobs/job_input.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;
namespace cleaning = actors::jobs::cleaning;

namespace {

/// Operators by their words, which the configuration has checked.
cleaning::operator_map operators_of(const std::map<std::string, std::string>& words) {
  cleaning::operator_map result;
  for (const auto& [name, word] : words) {
    if (const auto what = cleaning::parse_cleaning_operator(word)) result.emplace(name, *what);
  }
  return result;
}

std::shared_ptr<const cleaning::cleaning_rules> rules_of(
    const config::cleaning_settings& settings) {
  cleaning::cleaning_settings said;
  said.detectors = {};
  for (const auto& word : settings.detectors) {
    if (const auto what = cleaning::parse_detector(word)) said.detectors.insert(*what);
  }
  said.fields = operators_of(settings.fields);
  said.paths = operators_of(settings.paths);
  said.hash_key = settings.hash_key;
  return std::make_shared<const cleaning::cleaning_rules>(said);
}

jobs::option_rules rules_of(const config::jobs_settings& settings) {
  jobs::option_rules result;
  for (const auto& each : settings.vendors) {
    result.vendors.push_back({each.name, each.retry.max_attempts});
  }
  for (const auto& each : settings.rules) {
    result.routes.push_back({each.pointer, each.equals, each.vendor});
  }
  result.default_vendor = settings.default_vendor;
  return result;
}

job_refusal refusal_of(const std::vector<jobs::option_error>& errors) {
  job_refusal result;
  for (const auto& each : errors) result.errors.push_back({each.pointer, each.detail});
  return result;
}

}  // namespace

json_cleaner make_json_cleaner(const config::cleaning_settings& settings) {
  return [rules = rules_of(settings)](std::string_view json) {
    return cleaning::clean_json(*rules, json);
  };
}

text_cleaner make_text_cleaner(const config::cleaning_settings& settings) {
  return [rules = rules_of(settings)](std::string_view text) {
    return cleaning::clean_text(*rules, text);
  };
}

job_maker make_job_maker(const config::jobs_settings& settings, json_cleaner clean) {
  return [settings, rules = rules_of(settings), clean = std::move(clean)](
             std::string_view payload, job_terms terms) -> std::variant<wanted_job, job_refusal> {
    auto read = jobs::read_job_request(payload, rules, terms.now, terms.in_batch);
    if (const auto* errors = std::get_if<std::vector<jobs::option_error>>(&read)) {
      return refusal_of(*errors);
    }
    auto& asked = std::get<jobs::job_request>(read);
    if (asked.callback) {
      return job_refusal{"INVALID_CALLBACK_URL",
                         {{"/_job/callback_url", "this server calls nobody back"}}};
    }
    const auto vendor =
        std::ranges::find(settings.vendors, asked.vendor, &config::vendor_settings::name);
    wanted_job result;
    auto& job = result.job;
    job.id = terms.id;
    job.vendor = std::move(asked.vendor);
    job.asynchronous = vendor->kind == config::vendor_kind::async;
    job.priority = asked.priority;
    job.payload = clean(asked.payload);
    job.run_at = asked.run_at;
    job.expires_at = asked.expires_at;
    job.max_attempts = asked.max_attempts;
    if (!asked.unique_key.empty()) job.unique_key = digest_of({asked.unique_key});
    job.unique_for = asked.unique_for;
    job.webhook_token = std::move(terms.webhook_token);
    if (!asked.idempotency_key.empty()) result.idempotency_key = std::move(asked.idempotency_key);
    return result;
  };
}

}  // namespace tributary::http::server
