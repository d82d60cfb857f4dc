// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"
#include "actors/market/orders.hpp"
#include "actors/market/provider_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tributary::actors::market {

struct provider_wiring {
  std::shared_ptr<provider_resources> resources;
  std::vector<supervision::supervised_ref> guards;  ///< the upstream's first, by worker
  /// Told when calls were made of which there are few a day or a month; may be empty.
  supervision::supervised_ref allowance_keeper;
};

/// Carries the conversations with one provider: some at a time, each request within the provider's
/// allowance and through its guards, those that somebody waits for first. A call that would have to
/// wait longer than a moment for its turn is refused (`rate_limited`), so that another provider can
/// be asked.
///
/// A refused key takes the provider out of service for as long as an open breaker would.
class provider_actor final : public runtime::observed_actor {
 public:
  provider_actor(caf::actor_config& cfg, std::string path, provider_wiring wiring);
  caf::behavior make_behavior() override;
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  struct job;
  struct conversation_task;
  using task_ptr = std::shared_ptr<conversation_task>;

  void on_ask(ask_quotes& message);
  void on_hurry(const hurry_quotes& message);
  void on_list(ask_assets& message);
  void on_answered(call_answered& message);
  void on_page_read(page_read& message);
  void on_turn();

  void start_more();
  task_ptr next_waiting();
  void leave_place(conversation_task& task) noexcept;
  void break_off_late(steady_time now);
  std::deque<task_ptr>& queue_of(const conversation_task& task) noexcept;
  void advance(const task_ptr& task);
  bool counts_are_known(steady_time now);
  bool wait_for_turn(const task_ptr& task, std::chrono::nanoseconds wait, steady_time now);
  void send(const task_ptr& task, const pm::wire_request& request, steady_time now);
  void hear(const task_ptr& task, const std::optional<pm::failure>& why, steady_time now);
  void refuse_key(const pm::failure& why, steady_time now);
  void break_off(const task_ptr& task, const pm::failure& why);
  void end(const task_ptr& task);
  void collect(conversation_task& task, pm::quotes_result&& result);
  void deliver_parts();
  std::optional<pm::failure> out_of_service(steady_time now);
  void log_failure(const pm::failure& why, steady_time now);

  provider_resources& shared() noexcept { return *wiring_.resources; }

  provider_wiring wiring_;
  std::deque<task_ptr> demanded_;                 ///< wait for a place; somebody waits for them
  std::deque<task_ptr> looped_;                   ///< wait for a place; only a loop does for them
  std::multimap<steady_time, task_ptr> resting_;  ///< wait for their turn under the allowance
  std::vector<task_ptr> reading_;                 ///< wait for who reads a page of a list
  std::unordered_set<std::shared_ptr<job>> jobs_;
  std::vector<std::shared_ptr<job>> parts_;  ///< of these, those with something to tell
  std::size_t active_ = 0;                   ///< conversations that have a place
  bool starting_ = false;
  std::size_t let_pass_ = 0;  ///< conversations demanded while those of the loop wait, in a row
  std::optional<steady_time> asked_since_;  ///< the first call that had to wait for counts
  std::optional<pm::error_kind> logged_;    ///< the failure that was logged last
  steady_time logged_at_{};
};

}  // namespace tributary::actors::market
