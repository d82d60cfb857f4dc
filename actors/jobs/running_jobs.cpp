// SPDX-License-Identifier: MIT
#include "actors/jobs/running_jobs.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::jobs {

void running_jobs::add(running_job job) {
  const auto id = job.id;
  const std::lock_guard lock{mutex_};
  jobs_.insert_or_assign(id, std::move(job));
}

void running_jobs::remove(const providers::jobs::job_id& id, std::uint32_t attempt) {
  const std::lock_guard lock{mutex_};
  const auto found = jobs_.find(id);
  if (found != jobs_.end() && found->second.attempt == attempt) jobs_.erase(found);
}

void running_jobs::renewed(const providers::jobs::job_id& id, std::uint32_t attempt,
                           std::chrono::steady_clock::time_point until) {
  const std::lock_guard lock{mutex_};
  const auto found = jobs_.find(id);
  if (found != jobs_.end() && found->second.attempt == attempt) found->second.lease_until = until;
}

std::optional<running_job> running_jobs::find(const providers::jobs::job_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<running_job> running_jobs::all() const {
  std::vector<running_job> result;
  {
    const std::lock_guard lock{mutex_};
    result.reserve(jobs_.size());
    for (const auto& [id, job] : jobs_) result.push_back(job);
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.since < b.since; });
  return result;
}

std::size_t running_jobs::size() const {
  const std::lock_guard lock{mutex_};
  return jobs_.size();
}

}  // namespace tributary::actors::jobs
