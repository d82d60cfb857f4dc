// SPDX-License-Identifier: MIT
#include "actors/market/provider_actor.hpp"

#include "actors/guards/upstream_resources.hpp"
#include "actors/market/provider_work.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::actors::market {

using namespace std::chrono_literals;
using guards::breaker_state;
using pm::error_kind;
using std::chrono::milliseconds;

namespace {

/// A turn that comes sooner is waited for; limits of so many calls a second are kept in this way.
constexpr auto longest_rest = 1100ms;
/// A list comes a few times a day and nobody waits for it: it has time for more.
constexpr auto longest_rest_of_lists = 60s;
/// Conversations demanded that begin before one of the loop that waits.
constexpr std::size_t most_let_pass = 8;
/// Until counts of calls are looked for again, and how long they are waited for at a start.
constexpr auto look_for_counts = 5ms;
constexpr auto longest_look_for_counts = 1s;

}  // namespace

provider_actor::provider_actor(caf::actor_config& cfg, std::string path, provider_wiring wiring)
    : observed_actor(cfg, std::move(path), "provider"), wiring_(std::move(wiring)) {}

caf::behavior provider_actor::make_behavior() {
  return {
      [this](call_answered& m) { on_answered(m); },   [this](ask_quotes& m) { on_ask(m); },
      [this](const hurry_quotes& m) { on_hurry(m); }, [this](turn_tick) { on_turn(); },
      [this](ask_assets& m) { on_list(m); },          [this](page_read& m) { on_page_read(m); },
  };
}

/// Who waits is told now, though calls under way still refer to their conversations.
bool provider_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  for (const auto& each : jobs_) {
    each->order->answer(dropped(each->order->request()));
  }
  jobs_.clear();
  for (auto* queue : {&demanded_, &looped_}) queue->clear();
  resting_.clear();
  reading_.clear();
  wiring_.guards.clear();
  wiring_.allowance_keeper = {};
  return observed_actor::cleanup(std::move(reason), host);
}

// -- orders -------------------------------------------------------------------------------------

void provider_actor::on_ask(ask_quotes& message) {
  auto work = std::make_shared<job>();
  work->order = std::move(message.order);
  auto& order = *work->order;
  const auto& wanted = order.request();
  pm::quotes_result refused;
  if (auto out = out_of_service(clock().now())) {
    refused.errors.push_back(std::move(*out));
    return order.answer({wanted.ticket, std::move(refused)});
  }
  std::vector<pm::symbol> supported;
  for (const auto& each : wanted.symbols) {
    if (shared().adapter->supports(each)) {
      supported.push_back(each);
      continue;
    }
    auto why = failure_of(error_kind::not_found, each.kind == pm::asset_class::forex
                                                     ? "the pair is not known"
                                                     : "not served by " + shared().settings.name);
    why.symbol = each.text;
    refused.errors.push_back(std::move(why));
  }
  auto conversations = shared().adapter->ask(std::move(supported));
  if (conversations.empty()) return order.answer({wanted.ticket, std::move(refused)});
  if (!refused.errors.empty()) order.tell({wanted.ticket, std::move(refused), false});
  work->left = conversations.size();
  jobs_.insert(work);
  for (auto& each : conversations) {
    auto made = std::make_shared<conversation_task>();
    made->quotes = work;
    made->conversation = std::move(each);
    made->why = wanted.why;
    made->deadline = wanted.deadline;
    auto& queue = queue_of(*made);
    queue.push_back(std::move(made));
  }
  const auto deadline = wanted.deadline;
  start_more();
  if (!demanded_.empty() || !looped_.empty()) {
    delayed_send(this, deadline - clock().now(), turn_tick{});
  }
}

/// Conversations of the loop that have not been sent go on as if they had been demanded: the loop's
/// pace may have them wait for long.
void provider_actor::on_hurry(const hurry_quotes& message) {
  const auto wanted = [&](const conversation_task& each) {
    return each.conversation && each.why == purpose::loop &&
           std::any_of(message.symbols.begin(), message.symbols.end(),
                       [&](const auto& symbol) { return each.conversation->asks_for(symbol); });
  };
  std::vector<task_ptr> hurried;
  std::erase_if(looped_, [&](const task_ptr& each) {
    return wanted(*each) ? (hurried.push_back(each), true) : false;
  });
  std::erase_if(resting_, [&](const auto& each) {
    return wanted(*each.second) ? (hurried.push_back(each.second), true) : false;
  });
  for (auto& each : hurried) {
    each->why = purpose::demand;
    each->deadline = std::min(each->deadline, message.deadline);
    demanded_.push_back(std::move(each));
  }
  start_more();
  if (!demanded_.empty()) delayed_send(this, message.deadline - clock().now(), turn_tick{});
}

void provider_actor::on_list(ask_assets& message) {
  auto& order = *message.order;
  const auto& wanted = order.request();
  std::shared_ptr<pm::assets_conversation> pages = shared().adapter->list(wanted.kind);
  if (pages == nullptr) {
    pm::assets_result none;
    none.error = failure_of(error_kind::not_found, "has no such list");
    return order.answer({wanted.ticket, std::move(none)});
  }
  // Whoever asked for the same list before and never said what is in it is gone.
  std::erase_if(reading_, [&](const auto& each) {
    if (each->list->request().kind != wanted.kind) return false;
    leave_place(*each);
    return true;
  });
  auto made = std::make_shared<conversation_task>();
  made->list = std::move(message.order);
  made->pages = std::move(pages);
  made->why = purpose::list;
  looped_.push_back(std::move(made));
  start_more();
}

// -- turns --------------------------------------------------------------------------------------

/// Who waits comes first, but does not keep the loop out altogether.
provider_actor::task_ptr provider_actor::next_waiting() {
  const auto loops_turn = !looped_.empty() && let_pass_ >= most_let_pass;
  auto& from = demanded_.empty() || loops_turn ? looped_ : demanded_;
  if (from.empty()) return nullptr;
  let_pass_ = &from == &looped_ || looped_.empty() ? 0 : let_pass_ + 1;
  auto result = std::move(from.front());
  from.pop_front();
  return result;
}

void provider_actor::leave_place(conversation_task& task) noexcept {
  if (std::exchange(task.placed, false)) --active_;
}

/// What a conversation gives up while this runs, a place for the next one, is seen by the loop: no
/// recursion, however many are refused at once.
void provider_actor::start_more() {
  if (std::exchange(starting_, true)) return;
  while (active_ < shared().adapter->parallel()) {
    const auto task = next_waiting();
    if (task == nullptr) break;
    ++active_;
    task->placed = true;
    advance(task);
  }
  starting_ = false;
  deliver_parts();
}

/// Nothing may be asked of the provider before that passes.
std::optional<pm::failure> provider_actor::out_of_service(steady_time now) {
  const auto& name = shared().settings.name;
  if (shared().key_refused(now)) {
    return failure_of(error_kind::auth, name + " refuses the key",
                      shared().refused_until.load(std::memory_order_relaxed) - now);
  }
  const std::lock_guard lock{shared().upstream->mutex};
  const auto& breaker = shared().upstream->breaker;
  if (breaker.state(now) != breaker_state::open) return std::nullopt;
  const auto until = breaker.snapshot(now).retry_at.value_or(now);
  return failure_of(error_kind::unavailable, "the circuit breaker of " + name + " is open",
                    std::max<std::chrono::nanoseconds>(until - now, 0ns));
}

/// Takes the next step of a conversation that has a place.
void provider_actor::advance(const task_ptr& task) {
  if (!task->due) task->due = task->next();
  if (!task->due) return end(task);
  const auto now = clock().now();
  if (task->deadline <= now) {
    return break_off(task, failure_of(error_kind::unavailable, "no answer in time"));
  }
  if (const auto out = out_of_service(now)) return break_off(task, *out);
  if (!counts_are_known(now) && wait_for_turn(task, look_for_counts, now)) return;
  const auto decision = [&] {
    const std::lock_guard lock{shared().allowance->mutex};
    return shared().allowance->value.take(task->why, now, std::chrono::system_clock::now());
  }();
  if (decision.allowed) {
    const auto request = *std::exchange(task->due, std::nullopt);
    return send(task, request, now);
  }
  if (wait_for_turn(task, decision.retry_after, now)) return;
  shared().metrics.held_back.add();
  break_off(task, failure_of(error_kind::rate_limited,
                             "the allowance of calls to " + shared().settings.name + " is used up",
                             decision.retry_after));
}

/// False while the keeper has yet to read how many calls an earlier life has made today, which
/// takes it moments; a keeper that cannot is not waited for any longer.
bool provider_actor::counts_are_known(steady_time now) {
  if (wiring_.allowance_keeper.target() == nullptr) return true;
  const std::lock_guard lock{shared().allowance->mutex};
  const auto& limits = shared().allowance->value.limits();
  if (shared().allowance->restored || (limits.per_day == 0 && limits.per_month == 0)) return true;
  if (!asked_since_) asked_since_ = now;
  return now - *asked_since_ >= longest_look_for_counts;
}

/// Gives the place to somebody else until the turn comes, if that is worth it.
bool provider_actor::wait_for_turn(const task_ptr& task, std::chrono::nanoseconds wait,
                                   steady_time now) {
  const auto longest = task->list ? std::chrono::milliseconds{longest_rest_of_lists} : longest_rest;
  if (wait > longest || task->deadline - now <= wait) return false;
  if (!resting_.contains(now + wait)) delayed_send(this, wait, turn_tick{});
  resting_.emplace(now + wait, task);
  leave_place(*task);
  start_more();
  return true;
}

/// Whoever waited for a place until now has others to ask.
void provider_actor::break_off_late(steady_time now) {
  std::vector<task_ptr> late;
  for (auto* queue : {&demanded_, &looped_}) {
    std::erase_if(*queue, [&](const task_ptr& each) {
      return each->deadline <= now ? (late.push_back(each), true) : false;
    });
  }
  for (const auto& each : late) {
    break_off(each, failure_of(error_kind::unavailable, "no answer in time"));
  }
}

/// In front of those that have not begun go those whose turn has come, in their own order.
void provider_actor::on_turn() {
  const auto now = clock().now();
  break_off_late(now);
  const auto end = resting_.upper_bound(now);
  for (auto it = std::make_reverse_iterator(end); it != resting_.rend(); ++it) {
    auto& queue = queue_of(*it->second);
    queue.push_front(std::move(it->second));
  }
  resting_.erase(resting_.begin(), end);
  start_more();
}

std::deque<provider_actor::task_ptr>& provider_actor::queue_of(
    const conversation_task& task) noexcept {
  return task.why == purpose::demand ? demanded_ : looped_;
}

}  // namespace tributary::actors::market
