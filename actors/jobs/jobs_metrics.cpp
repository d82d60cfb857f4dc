// SPDX-License-Identifier: MIT
#include "actors/jobs/jobs_metrics.hpp"

#include "actors/jobs/jobs_state.hpp"

#include <algorithm>
#include <chrono>

namespace tributary::actors::jobs {

namespace pj = providers::jobs;

namespace {

using namespace std::chrono_literals;

/// As they stand in `attempt_record::failure`; the last one takes whatever is none of them.
constexpr std::array<std::string_view, 5> failure_classes{"status", "connect", "timeout", "crash",
                                                          "other"};

constexpr std::array<std::string_view, store_operations> operation_names{"write", "find", "list",
                                                                         "events", "count"};

constexpr std::array<std::chrono::nanoseconds, 12> store_bounds{
    100us, 250us, 500us, 1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 500ms, 2s};

}  // namespace

vendor_metrics::vendor_metrics(telemetry::registry& metrics, std::string_view vendor)
    : started(metrics.make_counter("tributary_jobs_started_total", {{"vendor", vendor}})) {
  for (std::size_t i = 0; i < settled_.size(); ++i) {
    const auto state = static_cast<pj::job_state>(i);
    if (!pj::has_ended(state)) continue;
    settled_[i] = metrics.make_counter("tributary_jobs_settled_total",
                                       {{"vendor", vendor}, {"status", pj::to_string(state)}});
  }
  for (std::size_t i = 0; i < retried_.size(); ++i) {
    retried_[i] = metrics.make_counter("tributary_jobs_retries_total",
                                       {{"vendor", vendor}, {"class", failure_classes[i]}});
  }
}

void vendor_metrics::settled(pj::job_state state) const noexcept {
  settled_[static_cast<std::size_t>(state)].add();
}

void vendor_metrics::retried(std::string_view failure) const noexcept {
  const auto* const found = std::find(failure_classes.begin(), failure_classes.end() - 1, failure);
  retried_[static_cast<std::size_t>(found - failure_classes.begin())].add();
}

jobs_metrics::jobs_metrics(telemetry::registry& metrics)
    : accepted(metrics.make_counter("tributary_jobs_accepted_total")),
      stale_settles(metrics.make_counter("tributary_jobs_stale_settle_total")),
      rescued(metrics.make_counter("tributary_jobs_rescued_total")),
      leases_lost(metrics.make_counter("tributary_jobs_lease_lost_total")) {
  for (std::size_t i = 0; i < store_time.size(); ++i) {
    store_time[i] = metrics.make_histogram("tributary_job_store_seconds", store_bounds,
                                           {{"operation", operation_names[i]}});
  }
}

void watch_jobs(const jobs_state& state, telemetry::registry& metrics) {
  metrics.make_collector("tributary_jobs", [&state](const telemetry::registry::visitor& show) {
    const auto counts = state.counts.get();
    if (!counts) return;
    for (std::size_t i = 0; i < counts->states.size(); ++i) {
      const auto each = static_cast<pj::job_state>(i);
      if (each != pj::job_state::queued) {
        show({{"status", pj::to_string(each)}}, static_cast<double>(counts->states[i]));
        continue;
      }
      show({{"status", "scheduled"}}, static_cast<double>(counts->scheduled));
      show({{"status", "pending"}}, static_cast<double>(counts->states[i] - counts->scheduled));
    }
  });
  metrics.make_collector(
      "tributary_jobs_vendor_waiting", [&state](const telemetry::registry::visitor& show) {
        for (const auto& vendor : state.vendors) {
          const auto now = vendor->wait().why;
          for (const auto reason :
               {vendor_wait::reason::rate_limit, vendor_wait::reason::concurrency,
                vendor_wait::reason::breaker, vendor_wait::reason::backoff}) {
            show({{"vendor", vendor->settings.name}, {"reason", to_string(reason)}},
                 now == reason ? 1 : 0);
          }
        }
      });
}

}  // namespace tributary::actors::jobs
