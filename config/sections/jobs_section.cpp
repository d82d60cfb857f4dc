// SPDX-License-Identifier: MIT
#include "config/sections/jobs_section.hpp"

#include "config/sections/jobs.hpp"

namespace tributary::config {

namespace {

class jobs final : public section_of<jobs_settings> {
 public:
  std::string name() const override { return "jobs"; }

  std::vector<top_key> keys() const override {
    return {object_or_nothing("jobs", jobs_keys(),
                              "Jobs that vendors carry out; absent or `false`: none.")};
  }

  std::vector<std::string> paths() const override {
    return {std::string{jobs_path},       std::string{job_batch_path},
            std::string{job_path},        std::string{job_cancel_path},
            std::string{job_events_path}, std::string{vendor_webhook_path}};
  }

  /// Without the second a purge of answers by prefix would empty the queue of jobs.
  std::vector<std::string> key_prefixes() const override { return {"job:", "job_queue"}; }

 private:
  void check(jobs_settings& value, const section_scope& scope) const override {
    check_jobs(value, scope);
  }

  std::vector<upstream_settings> upstreams(const jobs_settings& value) const override {
    std::vector<upstream_settings> result;
    for (const auto& vendor : value.vendors) {
      if (vendor.kind != vendor_kind::echo) result.push_back(vendor.upstream);
    }
    return result;
  }
};

}  // namespace

section_ptr jobs_section() { return std::make_shared<jobs>(); }

}  // namespace tributary::config
