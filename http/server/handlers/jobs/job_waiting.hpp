// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/timer_wheel.hpp"
#include "http/server/handlers/jobs/job_hub.hpp"
#include "http/server/handlers/jobs/job_query.hpp"
#include "http/server/handlers/jobs/store_question.hpp"
#include "providers/jobs/job_store.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace tributary::http::server {

namespace pj = providers::jobs;

/// What a client is answered where its job has not ended when the wait is over.
struct job_acceptance {
  pj::kept_answer answer;
  bool replayed = false;
};

/// A client that waits for its job.
///
///     read ──▶ known ──┬─ it has ended, or the client knows another version ──▶ answered
///      ▲               ├─ the time is up, or the server stops ───────────────▶ answered
///      └── a change ───┘ else parked
///
/// It watches before it reads, so no change falls between. While it is parked it costs no thread,
/// and is no request in work. Everything on the session's thread, which is the hub's.
class job_waiting final : public job_watcher, public std::enable_shared_from_this<job_waiting> {
 public:
  /// @param accepted there for a client that has just handed the job in: then only its end is
  ///   waited for
  static void begin(const jobs_wiring& wiring, std::shared_ptr<job_hub> hub, responder answer,
                    const pj::job_id& id, job_wait wait,
                    std::optional<job_acceptance> accepted = std::nullopt);

  job_waiting(const jobs_wiring& wiring, std::shared_ptr<job_hub> hub, responder answer,
              const pj::job_id& id, job_wait wait, std::optional<job_acceptance> accepted);

  void on_change(const actors::jobs::job_change& change) override;

 private:
  void start();
  void read();
  void on_read(actors::jobs::store_refusal refusal, std::optional<pj::job> found);
  void look();
  void pause();
  void on_timer();
  void on_stop();
  void on_gone();
  void answer_with_job();
  void finish(response&& last);

  jobs_wiring wiring_;
  std::shared_ptr<job_hub> hub_;
  responder answer_;
  const pj::job_id id_;
  const job_wait wait_;
  const std::optional<job_acceptance> accepted_;
  const io::steady_time deadline_;
  io::timer timer_;
  std::optional<pj::job> job_;  ///< as it was read last
  bool stale_ = false;          ///< it has changed since that read began
  bool reading_ = false;
  bool parked_ = false;
  bool over_ = false;  ///< answer with what is known
};

}  // namespace tributary::http::server
