// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"
#include "actors/jobs/running_jobs.hpp"
#include "actors/jobs/store_call.hpp"
#include "actors/supervision/slot.hpp"
#include "config/sections/jobs_settings.hpp"
#include "providers/jobs/job_store.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors {
struct tree_state;
}

namespace tributary::actors::jobs {

/// Why due jobs of a vendor are not begun, for who looks at one of them.
struct vendor_wait {
  enum class reason : std::uint8_t { none, rate_limit, concurrency, breaker, backoff };
  reason why = reason::none;
  std::optional<pj::instant> until;
};

std::string_view to_string(vendor_wait::reason why) noexcept;

/// One vendor in this process; what survives its dispatcher.
struct vendor_resources {
  vendor_resources(const config::vendor_settings& s, std::shared_ptr<guards::upstream_resources> u)
      : settings(s), upstream(std::move(u)) {}

  const config::vendor_settings settings;
  std::shared_ptr<guards::upstream_resources> upstream;  ///< null with `echo`
  supervision::slot_ptr dispatcher = std::make_shared<supervision::slot>();
  std::atomic<std::size_t> running{0};  ///< attempts whose actors are there

  void waits(vendor_wait w);
  vendor_wait wait() const;

 private:
  mutable std::mutex mutex_;
  vendor_wait wait_;
};

/// A job has changed; told after it is durable.
struct job_change {
  pj::job_id id;
  pj::job_state state = pj::job_state::queued;
  std::uint64_t version = 0;
};

/// Somebody outside of the actors who wants to hear of every change.
class change_feed {
 public:
  virtual ~change_feed() = default;
  /// On the store's thread; must not block.
  virtual void publish(std::span<const job_change> changes) = 0;
};

/// How the store is, for `/health` and `/readyz`. Any thread.
struct store_condition {
  std::atomic<bool> open{false};          ///< the writer has it now
  std::atomic<bool> was_open{false};      ///< once, since the start
  std::atomic<std::int64_t> since_ms{0};  ///< of the system clock: the last change of `open`
};

/// What the actors of jobs share, with those who build and watch them. Outlives all actors.
struct jobs_state {
  /// @param shared has an upstream `vendor-NAME` for each vendor that is called
  /// @throws providers::jobs::store_unusable
  jobs_state(const config::jobs_settings& s, const tree_state& shared,
             std::shared_ptr<pj::job_store> kept_in);

  /// Null when there is none of that name.
  vendor_resources* find(std::string_view vendor) const noexcept;

  const config::jobs_settings settings;
  const std::string instance;  ///< holder of leases
  /// Where vendors reach this process, without a slash at its end. Set when the port is known.
  std::string public_url;
  std::shared_ptr<pj::job_store> store;
  std::vector<std::unique_ptr<vendor_resources>> vendors;
  running_jobs running;
  store_load writes{4'096};
  store_load reads{4'096};
  store_condition condition;
  std::atomic<bool> draining{false};                ///< no claim more
  std::vector<std::shared_ptr<change_feed>> feeds;  ///< filled before the actors start

  // Where to find the actors.
  supervision::slot_ptr writer = std::make_shared<supervision::slot>();
  std::vector<supervision::slot_ptr> readers;
  supervision::slot_ptr pool = std::make_shared<supervision::slot>();  ///< of running jobs
  supervision::slot_ptr reaper = std::make_shared<supervision::slot>();
};

}  // namespace tributary::actors::jobs
