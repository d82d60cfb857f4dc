// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "providers/mock/caller.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace tributary::providers::mock {

/// Sends the calls of all services, on a loop and a thread of its own, each on a connection of its
/// own that is closed after the answer.
class webhook_sender final : public caller {
 public:
  /// Calls that wait or are under way at most; more are refused.
  static constexpr std::size_t most_pending = 10'000;

  webhook_sender();
  ~webhook_sender();  ///< stops
  webhook_sender(const webhook_sender&) = delete;
  webhook_sender& operator=(const webhook_sender&) = delete;

  /// Begins to send what has been posted; later calls do nothing.
  void start();
  /// Drops all calls and joins the thread; what is posted from now on is refused. Idempotent.
  void stop();

  std::optional<std::string> post(outgoing_call call, told done) override;

  /// Calls that wait or are under way.
  std::size_t pending() const noexcept { return pending_.load(std::memory_order_relaxed); }

 private:
  class delivery;

  void end(delivery& ended);

  std::mutex mutex_;      ///< lets `post` and `stop` happen one after the other
  bool stopped_ = false;  ///< under `mutex_`
  std::atomic<std::size_t> pending_{0};
  std::unordered_set<std::shared_ptr<delivery>> deliveries_;  ///< loop thread; outlives the loop
  http::io::event_loop loop_;
  std::thread thread_;
};

}  // namespace tributary::providers::mock
