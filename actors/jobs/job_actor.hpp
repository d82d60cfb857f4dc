// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/attempt_end.hpp"
#include "actors/jobs/dispatcher.hpp"
#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/jobs/vendor_line.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tributary::actors::jobs {

/// One attempt of one job: calls the vendor, settles by what came of it, and ends. That it was to
/// be made is durable already, by the claim. What it holds is a duty to tell the dispatcher of its
/// end: a crash or a kill at any moment is told too, as an attempt that was not settled.
class job_actor final : public runtime::observed_actor {
 public:
  /// @param jobs, vendor outlive the actor
  job_actor(caf::actor_config& cfg, std::string path, jobs_state& jobs, vendor_resources& vendor,
            attempt_kit kit);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  enum class phase : std::uint8_t { calling, asking, settling };

  void start();
  void call();
  void on_answered(const call_answered& message);
  void on_stop(stop_reason why);
  void settle(pj::settle what);
  void send_settle();
  void on_settled(const attempt_settled& message);
  void tell(const pj::settle_result& result) const;
  void finish(std::optional<pj::instant> run_at);
  attempt_view view() const;
  bool may_retry();
  caf::actor self() { return caf::actor_cast<caf::actor>(this); }

  jobs_state& jobs_;
  vendor_resources& vendor_;
  attempt_kit kit_;
  std::optional<vendor_line> line_;
  supervision::supervised_ref writer_;
  pj::instant started_at_{};
  phase phase_ = phase::calling;
  std::shared_ptr<guards::upstream_call> call_;
  std::optional<pj::settle> ending_;
};

}  // namespace tributary::actors::jobs
