// SPDX-License-Identifier: MIT
#include "actors/jobs/dispatcher.hpp"

#include "actors/guards/room.hpp"
#include "actors/jobs/actor_write.hpp"
#include "actors/supervision/messages.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "providers/vendors/retry_delay.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tributary::actors::jobs {

namespace {

using namespace std::chrono_literals;

/// Jobs claimed by one write: enough to make writes few, few enough to begin them at once.
constexpr std::size_t most_claimed = 64;
constexpr std::uint32_t fatal_crashes = 3;  ///< of one round
/// Until a store that was away, or that other processes write to, is asked again.
constexpr pj::milliseconds look_again{1'000};
/// Until a guard is looked at again that does not say when it lets calls pass.
constexpr pj::milliseconds usual_rest{250};
constexpr auto spawn_timeout = 10s;

vendor_wait::reason reason_of(guards::obstacle why) noexcept {
  switch (why) {
    case guards::obstacle::rate_limit:
      return vendor_wait::reason::rate_limit;
    case guards::obstacle::breaker:
      return vendor_wait::reason::breaker;
    case guards::obstacle::pause:
      return vendor_wait::reason::backoff;
    case guards::obstacle::bulkhead:
      return vendor_wait::reason::concurrency;
    case guards::obstacle::none:
      break;
  }
  return vendor_wait::reason::none;
}

}  // namespace

dispatcher::dispatcher(caf::actor_config& cfg, std::string path, jobs_state& jobs,
                       vendor_resources& vendor, attempt_factory make)
    : observed_actor(cfg, std::move(path), "dispatcher"),
      jobs_(jobs),
      vendor_(vendor),
      make_(std::move(make)),
      writer_(jobs.writer),
      pool_(jobs.pool) {}

caf::behavior dispatcher::make_behavior() {
  due_at(pj::instant{});  // what an earlier life of the process, or of this actor, has left
  return {
      [this](const work_arrived& m) { due_at(m.run_at); },
      [this](const dispatch_tick& m) {
        if (m.generation == wake_) begin_more();
      },
      [this](jobs_claimed& m) { on_claimed(m); },
      [this](const attempt_ended& m) { on_ended(m); },
      [this](const crash_settled& m) {
        // With the store away the lease ends the attempt, and the reaper takes the job back.
        if (m.result && m.result->settled && m.result->state == pj::job_state::queued) {
          due_at(m.result->run_at);
        }
      },
  };
}

bool dispatcher::cleanup(caf::error&& reason, caf::execution_unit* host) {
  running_.clear();
  writer_ = {};
  pool_ = {};
  return observed_actor::cleanup(std::move(reason), host);
}

void dispatcher::due_at(pj::instant when) {
  next_due_ = next_due_ ? std::min(*next_due_, when) : when;
  begin_more();
}

/// Claims when something may be due and there is room for it; otherwise sees to it that it is
/// called again when that may have changed.
void dispatcher::begin_more() {
  if (claiming_ || !next_due_ || jobs_.draining.load(std::memory_order_relaxed)) return;
  const auto now = jobs_.now();
  if (*next_due_ > now) return wake_in(*next_due_ - now);
  const auto room = look_for_room();
  if (room == 0) return;
  vendor_.waits({});
  claiming_ = true;
  pj::claim wanted;
  wanted.vendor = vendor_.settings.name;
  wanted.most = std::min(room, most_claimed);
  wanted.share = turns_.next(wanted.most);
  wanted.holder = jobs_.instance;
  wanted.lease = jobs_.settings.lease;
  write_for(caf::actor{this}, writer_, std::move(wanted), jobs_claimed{});
}

/// Attempts that may be begun now. With none, why is shown to clients, and an alarm is set unless
/// the end of an attempt will do.
std::size_t dispatcher::look_for_room() {
  const auto running = vendor_.running.load(std::memory_order_relaxed);
  const auto most = vendor_.settings.concurrency;
  if (running >= most) {
    vendor_.waits({vendor_wait::reason::concurrency, std::nullopt});
    return 0;
  }
  if (vendor_.upstream == nullptr) return most - running;
  const auto found = guards::look_for_room(*vendor_.upstream, clock().now());
  // A half-open breaker has room for one, which may not have reached the guards yet.
  if (found.calls > 0) {
    const auto taken = running - std::min(running, vendor_.upstream->places.in_flight());
    if (found.calls > taken) return std::min(most - running, found.calls - taken);
  }
  const auto why = found.calls > 0 ? vendor_wait::reason::concurrency : reason_of(found.why);
  auto rest = std::chrono::ceil<pj::milliseconds>(found.retry_after);
  if (rest <= 0ms) rest = usual_rest;
  wait({why, jobs_.now() + rest}, rest);
  return 0;
}

void dispatcher::wait(vendor_wait why, pj::milliseconds rest) {
  vendor_.waits(why);
  wake_in(rest);
}

void dispatcher::wake_in(pj::milliseconds rest) {
  delayed_send(this, std::max(rest, pj::milliseconds{1}), dispatch_tick{++wake_});
}

void dispatcher::on_claimed(jobs_claimed& message) {
  claiming_ = false;
  if (!message.result) return wake_in(look_again);
  next_due_ = message.result->next_due;
  // Others may write to the same store without telling.
  if (!next_due_ && jobs_.store->is_shared()) next_due_ = jobs_.now() + look_again;
  for (auto& each : message.result->jobs) begin(std::move(each));
  begin_more();
}

void dispatcher::begin(pj::job&& job) {
  const auto id = job.id;
  running_[id] = {job.attempt, job.crashes, job.round_attempts, job.max_attempts, jobs_.now()};
  vendor_.metrics.started.add();
  auto order = std::make_shared<attempt_order>(attempt_wanted{id, job.attempt}, caf::actor{this});
  auto kit = std::make_shared<attempt_kit>(
      attempt_kit{std::move(order), running_place{vendor_}, std::move(job)});
  const auto* pool = pool_.get();
  if (pool == nullptr) return not_begun(*kit, {});
  supervision::add_child wanted;
  wanted.id = id.text();
  wanted.factory = [kit, make = make_](const supervision::child_context& context) {
    return make(context, std::move(*kit));
  };
  request(*pool, spawn_timeout, std::move(wanted))
      .then([](const caf::actor&) {}, [this, kit](const caf::error& why) { not_begun(*kit, why); });
}

/// The pool has not made the actor. Where it tried, the order has gone with what was made of it.
void dispatcher::not_begun(attempt_kit& kit, const caf::error&) {
  if (kit.order == nullptr) return;
  pj::settle back;
  back.id = kit.job.id;
  back.attempt = kit.job.attempt;
  back.how = pj::settle::release{look_again};
  running_.erase(kit.job.id);
  kit.place = {};
  kit.order->answer({back.id, back.attempt, true, jobs_.now() + look_again});
  write_for(caf::actor{this}, writer_, std::move(back), crash_settled{});
}

void dispatcher::on_ended(const attempt_ended& message) {
  const auto found = running_.find(message.id);
  if (found != running_.end() && found->second.number == message.attempt) {
    const auto ended = found->second;
    running_.erase(found);
    if (!message.settled) settle_crash(message.id, ended);
  }
  if (message.run_at) return due_at(*message.run_at);
  begin_more();
}

void dispatcher::settle_crash(const pj::job_id& id, const attempt& crashed) {
  const auto now = jobs_.now();
  pj::settle what;
  what.id = id;
  what.attempt = crashed.number;
  what.record = pj::attempt_record{crashed.number,
                                   crashed.started_at,
                                   now - crashed.started_at,
                                   pj::attempt_outcome::crashed,
                                   "crash",
                                   0,
                                   "the attempt ended without an answer"};
  const auto crashes = crashed.crashes + 1;
  const auto& name = vendor_.settings.name;
  const auto text = id.text();
  telemetry::log().write(
      config::log_level::warning, telemetry::events::job_crashed,
      "the actor of a running job ended without settling it",
      {{"request_id", text}, {"vendor", name}, {"attempt", crashed.number}, {"crashes", crashes}});
  if (crashes >= fatal_crashes) {
    what.how = pj::settle::bury{{"CRASHED", "three attempts ended without an answer"}};
    vendor_.metrics.settled(pj::job_state::dead);
  } else if (crashed.round_attempts >= crashed.max_attempts) {
    what.how = pj::settle::bury{{"ATTEMPTS_EXHAUSTED", "the last attempt ended without an answer"}};
    vendor_.metrics.settled(pj::job_state::dead);
  } else {
    const auto& retry = vendor_.settings.retry;
    what.how = pj::settle::retry{
        providers::vendors::retry_delay({retry.base, retry.cap}, crashed.round_attempts,
                                        jobs_.random(), std::nullopt),
        true};
    vendor_.metrics.retried("crash");
  }
  write_for(caf::actor{this}, writer_, std::move(what), crash_settled{});
}

}  // namespace tributary::actors::jobs
