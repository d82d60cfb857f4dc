// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_id.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::jobs {

/// One attempt that runs in this process.
struct running_job {
  providers::jobs::job_id id;
  std::string vendor;
  std::uint32_t attempt = 0;
  std::string path;  ///< of its actor
  std::chrono::system_clock::time_point since{};
  std::chrono::steady_clock::time_point lease_until{};
  caf::actor actor;
};

/// What runs in this process, for operators, for a cancel or a webhook that ends it, and for the
/// renewal of leases. Any thread.
class running_jobs {
 public:
  void add(running_job job);

  /// Does nothing when another attempt of the job has taken its place.
  void remove(const providers::jobs::job_id& id, std::uint32_t attempt);

  /// The lease of this attempt was renewed.
  void renewed(const providers::jobs::job_id& id, std::uint32_t attempt,
               std::chrono::steady_clock::time_point until);

  std::optional<running_job> find(const providers::jobs::job_id& id) const;

  /// Oldest first.
  std::vector<running_job> all() const;

  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<providers::jobs::job_id, running_job> jobs_;
};

}  // namespace tributary::actors::jobs
