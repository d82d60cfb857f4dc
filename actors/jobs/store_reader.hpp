// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/runtime/observed_actor.hpp"

#include <memory>
#include <string>

namespace tributary::actors::jobs {

/// Reads from the store, on a thread and a connection of its own: no read waits for the writes that
/// stand in line.
class store_reader final : public runtime::observed_actor {
 public:
  /// @param jobs outlives the actor
  store_reader(caf::actor_config& cfg, std::string path, jobs_state& jobs);
  caf::behavior make_behavior() override;

 private:
  void on_read(read_call& call);
  read_result carry_out(const read& what);

  jobs_state& jobs_;
  std::unique_ptr<pj::job_reader> reader_;  ///< null: opened by the next read
};

}  // namespace tributary::actors::jobs
