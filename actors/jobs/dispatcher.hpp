// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/jobs/priority_turns.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/child_spec.hpp"
#include "actors/supervision/slot.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace tributary::actors::jobs {

/// What a running job is made of. The order is taken out by the actor that is made; what is left of
/// it elsewhere holds no duty.
struct attempt_kit {
  std::shared_ptr<attempt_order> order;
  running_place place;
  pj::job job;
};

/// Makes the actor of one attempt, as a child of the pool.
using attempt_factory = std::function<caf::actor(const supervision::child_context&, attempt_kit)>;

/// Begins the due jobs of one vendor. It looks for room at the vendor's guards *before* it claims,
/// so a vendor that is limited, paused or broken costs no write, uses no attempt and holds no
/// place, and no vendor waits for another.
///
/// Each attempt is an actor of its own in the pool `running`. One that ends without having settled
/// (a crash, a kill) is settled here: its job is tried again after its backoff, or is dead with the
/// third crash of a round.
class dispatcher final : public runtime::observed_actor {
 public:
  /// @param jobs, vendor outlive the actor
  dispatcher(caf::actor_config& cfg, std::string path, jobs_state& jobs, vendor_resources& vendor,
             attempt_factory make);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  struct attempt {
    std::uint32_t number = 0;
    std::uint32_t crashes = 0;
    std::uint32_t round_attempts = 0;
    std::uint32_t max_attempts = 1;
    pj::instant started_at{};
  };

  void begin_more();
  std::size_t look_for_room();
  void wait(vendor_wait why, pj::milliseconds rest);
  void wake_in(pj::milliseconds rest);
  void on_claimed(jobs_claimed& message);
  void begin(pj::job&& job);
  void not_begun(attempt_kit& kit, const caf::error& why);
  void on_ended(const attempt_ended& message);
  void settle_crash(const pj::job_id& id, const attempt& crashed);
  void due_at(pj::instant when);

  jobs_state& jobs_;
  vendor_resources& vendor_;
  attempt_factory make_;
  supervision::supervised_ref writer_;
  supervision::supervised_ref pool_;
  priority_turns turns_;
  std::unordered_map<pj::job_id, attempt> running_;  ///< begun by this incarnation
  std::optional<pj::instant> next_due_;              ///< none: nothing is, as far as is known
  bool claiming_ = false;
  std::uint64_t wake_ = 0;  ///< generation of the last alarm
};

}  // namespace tributary::actors::jobs
