// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::jobs {

/// The only one that writes to the store, on a thread of its own. What comes while a transaction
/// ends is the next one, so the rate grows with those who wait and nobody waits for a timer.
///
/// After a failed transaction nothing of it is told as done; the connection is given up, since a
/// sync that failed once may succeed the second time without having written, and a new one is
/// opened.
class store_writer final : public runtime::observed_actor {
 public:
  /// @param jobs outlives the actor
  store_writer(caf::actor_config& cfg, std::string path, jobs_state& jobs);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  class news;

  void on_write(write_to_store& message);
  void flush();
  void spread(const news& heard);
  void reopen();
  void lose(const char* why);

  jobs_state& jobs_;
  std::unique_ptr<pj::job_writer> writer_;
  std::vector<std::shared_ptr<write_call>> waiting_;
  bool flush_posted_ = false;
  std::chrono::milliseconds pause_;  ///< until the store is tried again
  supervision::supervised_ref reaper_;
  std::map<std::string, supervision::supervised_ref, std::less<>> dispatchers_;  ///< by vendor
};

}  // namespace tributary::actors::jobs
