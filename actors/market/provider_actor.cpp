// SPDX-License-Identifier: MIT
#include "actors/market/provider_actor.hpp"

#include "actors/guards/call_verdict.hpp"
#include "actors/guards/upstream_call.hpp"
#include "actors/guards/upstream_resources.hpp"
#include "actors/market/allowance_keeper.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::actors::market {

using namespace std::chrono_literals;
using guards::breaker_state;
using guards::call_outcome;
using pm::error_kind;
using std::chrono::milliseconds;
namespace events = telemetry::events;

namespace {

/// A turn that comes sooner is waited for; limits of so many calls a second are kept in this way.
constexpr auto longest_rest = 1100ms;
/// A list comes a few times a day and nobody waits for it: it has time for more.
constexpr auto longest_rest_of_lists = 60s;
/// The pause after a rate limit that names no time.
constexpr auto default_pause = 60s;
/// Until counts of calls are looked for again, and how long they are waited for at a start.
constexpr auto look_for_counts = 5ms;
constexpr auto longest_look_for_counts = 1s;
/// For a page of a list, which may be some megabytes.
constexpr auto page_timeout = 30s;
/// The same failure is logged once in this time.
constexpr auto log_interval = 60s;

pm::failure failure_of(error_kind kind, std::string detail,
                       std::optional<std::chrono::nanoseconds> wait = std::nullopt) {
  pm::failure result;
  result.kind = kind;
  result.detail = std::move(detail);
  if (wait) result.retry_after = std::chrono::ceil<milliseconds>(*wait);
  return result;
}

/// What an answer says of the provider's health. Limits and refusals of a key say nothing.
call_outcome outcome_of(const std::optional<pm::failure>& why) noexcept {
  if (!why) return call_outcome::success;
  switch (why->kind) {
    case error_kind::unavailable:
    case error_kind::malformed:
      return call_outcome::failure;
    case error_kind::rate_limited:
    case error_kind::auth:
      return call_outcome::neutral;
    default:
      return call_outcome::success;
  }
}

config::log_level level_of(error_kind kind) noexcept {
  return kind == error_kind::rate_limited || kind == error_kind::auth ||
                 kind == error_kind::not_entitled
             ? config::log_level::warning
             : config::log_level::error;
}

}  // namespace

/// An order for quotes and what has come for it.
struct provider_actor::job {
  std::shared_ptr<quotes_order> order;
  pm::quotes_result result;
  std::size_t left = 0;  ///< conversations
};

/// A conversation under way, for quotes or for a list.
struct provider_actor::talk {
  std::shared_ptr<job> quotes;
  std::unique_ptr<pm::quotes_conversation> with;
  std::shared_ptr<assets_order> list;
  purpose why = purpose::loop;
  bool hurried = false;  ///< somebody waits for it, and not for the rest of its order
  steady_time deadline = steady_time::max();
  std::optional<pm::wire_request> due;  ///< asked for by the conversation and not sent yet
  std::shared_ptr<guards::call_verdict> verdict;  ///< of the page that is being read

  std::optional<pm::wire_request> next() { return with ? with->next() : list->talk()->next(); }
};

provider_actor::provider_actor(caf::actor_config& cfg, std::string path, provider_wiring wiring)
    : observed_actor(cfg, std::move(path), "provider"), wiring_(std::move(wiring)) {}

caf::behavior provider_actor::make_behavior() {
  return {
      [this](call_answered& m) { on_answered(m); },
      [this](ask_quotes& m) { on_ask(m); },
      [this](const hurry_quotes& m) { on_hurry(m); },
      [this](turn_tick) { on_turn(); },
      [this](ask_assets& m) { on_list(m); },
      [this](page_read& m) { on_page_read(m); },
  };
}

/// Who waits is told now, though calls under way still refer to their conversations.
bool provider_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  for (const auto& each : jobs_) {
    pm::quotes_result result;
    result.errors.push_back(failure_of(error_kind::unavailable, "the work was dropped"));
    each->order->answer(std::move(result));
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
  const auto& order = *work->order;
  if (auto out = out_of_service(clock().now())) {
    work->result.errors.push_back(std::move(*out));
    return work->order->answer(std::move(work->result));
  }
  std::vector<pm::symbol> supported;
  for (const auto& each : order.symbols()) {
    if (shared().adapter->supports(each)) {
      supported.push_back(each);
      continue;
    }
    auto why = failure_of(error_kind::not_found, "not served by " + shared().settings.name);
    why.symbol = each.text;
    work->result.errors.push_back(std::move(why));
  }
  auto conversations = shared().adapter->ask(std::move(supported));
  if (conversations.empty()) return work->order->answer(std::move(work->result));
  work->left = conversations.size();
  jobs_.insert(work);
  for (auto& each : conversations) {
    auto made = std::make_shared<talk>();
    made->quotes = work;
    made->with = std::move(each);
    made->why = order.why();
    made->deadline = order.deadline();
    auto& queue = queue_of(*made);
    queue.push_back(std::move(made));
  }
  start_more();
}

/// Conversations of the loop that have not been sent go on as if they had been demanded: the loop's
/// pace may have them wait for long.
void provider_actor::on_hurry(const hurry_quotes& message) {
  const auto wanted = [&](const talk& each) {
    return each.with && each.why == purpose::loop &&
           std::any_of(message.symbols.begin(), message.symbols.end(),
                       [&](const auto& symbol) { return each.with->asks_for(symbol); });
  };
  std::vector<talk_ptr> hurried;
  std::erase_if(looped_, [&](const talk_ptr& each) {
    return wanted(*each) ? (hurried.push_back(each), true) : false;
  });
  std::erase_if(resting_, [&](const auto& each) {
    return wanted(*each.second) ? (hurried.push_back(each.second), true) : false;
  });
  for (auto& each : hurried) {
    each->why = purpose::demand;
    each->hurried = true;
    demanded_.push_back(std::move(each));
  }
  start_more();
}

void provider_actor::on_list(ask_assets& message) {
  auto& order = *message.order;
  order.talk_by(shared().adapter->list(order.kind()));
  if (order.talk() == nullptr) {
    pm::assets_result none;
    none.error = failure_of(error_kind::not_found, "has no such list");
    return order.answer(std::move(none));
  }
  // Whoever asked for the same list before and never said what is in it is gone.
  active_ -=
      std::erase_if(reading_, [&](const auto& each) { return each->list->kind() == order.kind(); });
  auto made = std::make_shared<talk>();
  made->list = std::move(message.order);
  made->why = purpose::list;
  looped_.push_back(std::move(made));
  start_more();
}

// -- turns --------------------------------------------------------------------------------------

provider_actor::talk_ptr provider_actor::next_waiting() {
  auto& from = demanded_.empty() ? looped_ : demanded_;
  if (from.empty()) return nullptr;
  auto result = std::move(from.front());
  from.pop_front();
  return result;
}

/// What a conversation gives up while this runs, a place for the next one, is seen by the loop: no
/// recursion, however many are refused at once.
void provider_actor::start_more() {
  if (std::exchange(starting_, true)) return;
  while (active_ < shared().adapter->parallel()) {
    const auto with = next_waiting();
    if (with == nullptr) break;
    ++active_;
    advance(with);
  }
  starting_ = false;
}

/// Nothing may be asked of the provider before that passes.
std::optional<pm::failure> provider_actor::out_of_service(steady_time now) {
  const auto& name = shared().settings.name;
  if (now < shared().refused_until) {
    return failure_of(error_kind::auth, name + " refuses the key", shared().refused_until - now);
  }
  shared().refused.store(false, std::memory_order_relaxed);
  const std::lock_guard lock{shared().upstream->mutex};
  const auto& breaker = shared().upstream->breaker;
  if (breaker.state(now) != breaker_state::open) return std::nullopt;
  const auto until = breaker.snapshot(now).retry_at.value_or(now);
  return failure_of(error_kind::unavailable, "the circuit breaker of " + name + " is open",
                    std::max<std::chrono::nanoseconds>(until - now, 0ns));
}

/// Takes the next step of a conversation that has a place.
void provider_actor::advance(const talk_ptr& with) {
  if (!with->due) with->due = with->next();
  if (!with->due) return end(with);
  const auto now = clock().now();
  if (with->deadline <= now) {
    return break_off(with, failure_of(error_kind::unavailable, "no answer in time"));
  }
  if (const auto out = out_of_service(now)) return break_off(with, *out);
  if (!counts_are_known(now) && wait_for_turn(with, look_for_counts, now)) return;
  const auto decision = [&] {
    const std::lock_guard lock{shared().allowance->mutex};
    return shared().allowance->value.take(with->why, now, std::chrono::system_clock::now());
  }();
  if (decision.allowed) {
    const auto request = *std::exchange(with->due, std::nullopt);
    return send(with, request, now);
  }
  if (wait_for_turn(with, decision.retry_after, now)) return;
  shared().metrics.held_back.add();
  break_off(with, failure_of(error_kind::rate_limited,
                             "the allowance of calls to " + shared().settings.name + " is used up",
                             decision.retry_after));
}

/// False while the keeper has yet to read how many calls an earlier life has made today, which takes
/// it moments; a keeper that cannot is not waited for any longer.
bool provider_actor::counts_are_known(steady_time now) {
  if (wiring_.allowance_keeper.target() == nullptr) return true;
  const std::lock_guard lock{shared().allowance->mutex};
  const auto& limits = shared().allowance->value.limits();
  if (shared().allowance->restored || (limits.per_day == 0 && limits.per_month == 0)) return true;
  if (!asked_since_) asked_since_ = now;
  return now - *asked_since_ >= longest_look_for_counts;
}

/// Gives the place to somebody else until the turn comes, if that is worth it.
bool provider_actor::wait_for_turn(const talk_ptr& with, std::chrono::nanoseconds wait,
                                   steady_time now) {
  const auto longest = with->list ? std::chrono::milliseconds{longest_rest_of_lists} : longest_rest;
  if (wait > longest || with->deadline - now <= wait) return false;
  if (!resting_.contains(now + wait)) delayed_send(this, wait, turn_tick{});
  resting_.emplace(now + wait, with);
  --active_;
  start_more();
  return true;
}

/// In front of those that have not begun go those whose turn has come, in their own order.
void provider_actor::on_turn() {
  const auto end = resting_.upper_bound(clock().now());
  for (auto it = std::make_reverse_iterator(end); it != resting_.rend(); ++it) {
    auto& queue = queue_of(*it->second);
    queue.push_front(std::move(it->second));
  }
  resting_.erase(resting_.begin(), end);
  start_more();
}

std::deque<provider_actor::talk_ptr>& provider_actor::queue_of(const talk& with) noexcept {
  return with.why == purpose::demand ? demanded_ : looped_;
}

// -- requests and answers -----------------------------------------------------------------------

void provider_actor::send(const talk_ptr& with, const pm::wire_request& request, steady_time now) {
  const auto* here = runtime::worker::current();
  auto& guard = wiring_.guards[here == nullptr ? 0 : here->index()];
  guards::call_request asked;
  asked.target = shared().target_of(request);
  asked.headers = request.headers;
  asked.deadline =
      with->list ? now + page_timeout : std::min(with->deadline, now + shared().settings.timeout);
  asked.judged_by_requester = true;
  auto call = std::make_shared<guards::upstream_call>(caf::actor_cast<caf::actor>(this), with, 0,
                                                      std::move(asked), now);
  if (const auto* keeper = wiring_.allowance_keeper.get()) runtime::tell(*keeper, allowance_used{});
  if (const auto* to = guard.get()) {
    runtime::tell(*to, make_call{std::move(call), now});
  } else {
    call->fail(http::wire::error_token::destination_unavailable, "restarting", now);
  }
}

void provider_actor::on_answered(call_answered& message) {
  const auto with = std::static_pointer_cast<talk>(message.context);
  auto& result = message.result;
  // Our own guards name what they refuse; then nothing was asked.
  if (!result.detail.empty()) {
    {
      const std::lock_guard lock{shared().allowance->mutex};
      shared().allowance->value.give_back(with->why);
    }
    return break_off(
        with, failure_of(error_kind::unavailable,
                         result.detail == "breaker_open"
                             ? "the circuit breaker of " + shared().settings.name + " is open"
                             : "no call could be made",
                         result.retry_after));
  }
  const auto status = result.error == http::wire::error_token::none ? result.status : 0;
  with->verdict = std::move(result.verdict);
  const auto received = std::chrono::system_clock::now();
  if (with->list) {
    reading_.push_back(with);
    const auto reader = with->list->requester();
    return runtime::tell(
        reader, page_arrived{with->list, status, std::move(result.header_block),
                             std::move(result.body), received, caf::actor_cast<caf::actor>(this)});
  }
  const pm::wire_answer answer{status, result.header_block, result.body.view(), received};
  hear(with, with->with->take(answer), result.ended);
}

void provider_actor::on_page_read(page_read& message) {
  const auto found = std::find_if(reading_.begin(), reading_.end(),
                                  [&](const auto& each) { return each->list == message.order; });
  if (found == reading_.end()) return;
  const auto with = *found;
  reading_.erase(found);
  hear(with, message.why, clock().now());
}

/// An answer is understood: tells everybody concerned what it says of the provider, and goes on.
void provider_actor::hear(const talk_ptr& with, const std::optional<pm::failure>& why,
                          steady_time now) {
  if (!with->due) with->due = with->next();
  // Whoever goes on has not been served yet: Yahoo's other ways are no success of the first one,
  // and would hide from the breaker that none of them leads anywhere.
  const auto goes_on = !why && with->due;
  if (const auto verdict = std::exchange(with->verdict, nullptr)) {
    verdict->say(goes_on ? call_outcome::neutral : outcome_of(why));
  }
  if (goes_on) return advance(with);
  shared().metrics.answered(why ? std::optional{why->kind} : std::nullopt);
  if (why) {
    log_failure(*why, now);
    if (why->kind == error_kind::auth) refuse_key(*why, now);
    if (why->kind == error_kind::rate_limited) {
      const std::lock_guard lock{shared().allowance->mutex};
      shared().allowance->value.pause_until(now + why->retry_after.value_or(default_pause));
    }
  } else {
    logged_.reset();
  }
  advance(with);
}

void provider_actor::refuse_key(const pm::failure& why, steady_time now) {
  shared().refused_until = now + shared().rest;
  shared().refused_since_ms.store(
      std::chrono::floor<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
      std::memory_order_relaxed);
  shared().refused.store(true, std::memory_order_relaxed);
  telemetry::log().write(config::log_level::warning, events::provider_refused,
                         "the provider refuses the key and is left out for a time",
                         {{"provider", shared().settings.name},
                          {"detail", why.detail},
                          {"seconds", std::chrono::duration<double>(shared().rest).count()}});
}

void provider_actor::log_failure(const pm::failure& why, steady_time now) {
  if (logged_ == why.kind && now - logged_at_ < log_interval) return;
  logged_ = why.kind;
  logged_at_ = now;
  telemetry::log().write(level_of(why.kind), events::provider_failed,
                         "the provider did not serve a call",
                         {{"provider", shared().settings.name},
                          {"kind", to_string(why.kind)},
                          {"detail", why.detail}});
}

// -- ends ---------------------------------------------------------------------------------------

void provider_actor::break_off(const talk_ptr& with, const pm::failure& why) {
  if (with->list) {
    pm::assets_result none;
    none.error = why;
    with->list->answer(std::move(none));
  } else {
    settle(*with, with->with->finish(why));
  }
  --active_;
  start_more();
}

void provider_actor::end(const talk_ptr& with) {
  if (with->list) {
    auto result = with->list->talk()->finish();
    if (!result.error) shared().adapter->learn(*with->list->talk());
    with->list->answer(std::move(result));
  } else {
    settle(*with, with->with->finish(failure_of(error_kind::malformed, "nothing usable came")));
  }
  --active_;
  start_more();
}

void provider_actor::settle(talk& with, pm::quotes_result&& result) {
  shared().metrics.quotes.add(result.quotes.size());
  auto& into = with.quotes->result;
  if (with.hurried && with.quotes->left > 1) {
    --with.quotes->left;
    return with.quotes->order->answer_part(std::move(result));
  }
  std::move(result.quotes.begin(), result.quotes.end(), std::back_inserter(into.quotes));
  std::move(result.errors.begin(), result.errors.end(), std::back_inserter(into.errors));
  if (--with.quotes->left != 0) return;
  with.quotes->order->answer(std::move(into));
  jobs_.erase(with.quotes);
}

}  // namespace tributary::actors::market
