// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/metrics.hpp"
#include "providers/jobs/job.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace tributary::actors::jobs {

struct jobs_state;

/// What is counted of one vendor's jobs. Its calls are those of the upstream `vendor-NAME`.
class vendor_metrics {
 public:
  /// Counts nothing.
  vendor_metrics() = default;
  vendor_metrics(telemetry::registry& metrics, std::string_view vendor);

  /// A job of this vendor has come to its end in this process.
  void settled(providers::jobs::job_state state) const noexcept;

  /// An attempt is to be followed by another one. `failure` is its class.
  void retried(std::string_view failure) const noexcept;

  telemetry::counter started;  ///< attempts

 private:
  std::array<telemetry::counter, providers::jobs::job_states> settled_;
  std::array<telemetry::counter, 5> retried_;
};

/// The operations of a store, as its times are told apart.
enum class store_operation : std::uint8_t { write, find, list, events, count };
inline constexpr std::size_t store_operations = 5;

/// Of all jobs together.
struct jobs_metrics {
  jobs_metrics() = default;
  explicit jobs_metrics(telemetry::registry& metrics);

  telemetry::counter accepted;
  telemetry::counter stale_settles;  ///< writes that came too late: the job was another's by then
  telemetry::counter rescued;        ///< attempts whose lease had run out
  telemetry::counter leases_lost;    ///< attempts of this process that ran past their lease
  std::array<telemetry::histogram, store_operations> store_time;
};

/// Shows what is counted elsewhere: jobs by status, vendors that wait. Once, at start-up; the state
/// must outlive the last rendering.
void watch_jobs(const jobs_state& state, telemetry::registry& metrics);

}  // namespace tributary::actors::jobs
