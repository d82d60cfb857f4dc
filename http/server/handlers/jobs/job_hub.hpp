// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "http/io/event_loop.hpp"
#include "providers/jobs/job_id.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>

namespace tributary::http::server {

/// A client on some loop that waits for a job to change.
class job_watcher {
 public:
  virtual ~job_watcher() = default;
  /// On the loop. May end the watch.
  virtual void on_change(const actors::jobs::job_change& change) = 0;
};

/// The clients of one loop that wait for jobs. A transaction costs one closure for each loop where
/// anybody waits, and nothing where nobody does.
///
/// Everything on the loop's thread but `publish`.
class job_hub final : public actors::jobs::change_feed,
                      public std::enable_shared_from_this<job_hub> {
 public:
  explicit job_hub(io::event_loop& loop) : loop_(loop) {}

  io::event_loop& loop() noexcept { return loop_; }

  /// On the store's thread.
  void publish(std::span<const actors::jobs::job_change> changes) override;

  /// Keeps `who` until `unwatch`. What a read sees that is begun after this call is all that is not
  /// told.
  void watch(const providers::jobs::job_id& id, std::shared_ptr<job_watcher> who);
  void unwatch(const providers::jobs::job_id& id, const job_watcher& who);

  /// Clients that wait. Any thread.
  std::size_t size() const noexcept { return watching_.load(); }

 private:
  void deliver(std::span<const actors::jobs::job_change> changes);

  io::event_loop& loop_;
  std::unordered_multimap<providers::jobs::job_id, std::shared_ptr<job_watcher>> watchers_;
  std::atomic<std::size_t> watching_{0};
};

}  // namespace tributary::http::server
