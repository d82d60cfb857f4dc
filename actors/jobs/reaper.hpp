// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/jobs/vendor_line.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tributary::actors::jobs {

/// Sees to what no attempt does any more: renews the leases of what runs here and stops what has
/// lost its own; takes back jobs whose lease ran out elsewhere; ends jobs that were not started in
/// time; asks after those whose vendor is overdue, and cancels what a vendor has; deletes what is
/// old.
class reaper final : public runtime::observed_actor {
 public:
  /// @param jobs outlives the actor
  reaper(caf::actor_config& cfg, std::string path, jobs_state& jobs);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  struct question;

  void on_reap_tick();
  void tidy();
  void on_tidied(const store_tidied& message);
  void on_renew_tick();
  void on_renewed(const leases_renewed& message);
  void on_end_awaited(const end_awaited& message);
  void on_answered(const call_answered& message);
  void on_settled(const awaited_settled& message);
  void ask(const question& what);
  void settle(const question& about, pj::settle what);
  void stop(const pj::job_id& id, stop_reason why);
  void count();

  jobs_state& jobs_;
  supervision::supervised_ref writer_;
  supervision::supervised_ref reader_;
  std::map<std::string, vendor_line, std::less<>> lines_;  ///< by vendor
  std::set<pj::job_id> asked_after_;                       ///< while the answer is on its way
  std::vector<pj::renew::item> renewing_;                  ///< that the store has been asked for
  std::size_t counted_ = 0;                                ///< ticks
};

}  // namespace tributary::actors::jobs
