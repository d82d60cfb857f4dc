// SPDX-License-Identifier: MIT
#include "actors/jobs/reaper.hpp"

#include "actors/jobs/actor_write.hpp"
#include "actors/jobs/attempt_end.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <utility>

namespace tributary::actors::jobs {

namespace {

constexpr std::size_t page = 100;
/// Jobs are counted with every so many ticks: it costs the store a walk over an index.
constexpr std::size_t ticks_between_counts = 3;

/// A read whose end an actor is told.
class counting final : public read_call {
 public:
  explicit counting(caf::actor to) : read_call(count_jobs{}), to_(std::move(to)) {}

  void answer(store_refusal refusal, read_result* result) override {
    if (refusal != store_refusal::none) return;
    runtime::tell(to_, jobs_counted{std::get<pj::job_counts>(*result)});
  }

 private:
  caf::actor to_;
};

void log_rescue(const pj::reap_result::item& item) {
  const auto text = item.id.text();
  telemetry::log().write(config::log_level::warning, telemetry::events::job_rescued,
                         "the lease of an attempt ran out",
                         {{"request_id", text}, {"vendor", item.vendor}});
}

}  // namespace

/// What a vendor is asked about a job that no actor has.
struct reaper::question {
  enum class kind : std::uint8_t { what_became, cancel };
  kind what = kind::what_became;
  pj::job_id id;
  std::string vendor;
  std::uint32_t attempt = 0;
  std::uint32_t round_attempts = 0;
  std::uint32_t max_attempts = 0;
  bool waited_before = false;
};

reaper::reaper(caf::actor_config& cfg, std::string path, jobs_state& jobs)
    : observed_actor(cfg, std::move(path), "reaper"),
      jobs_(jobs),
      writer_(jobs.writer),
      reader_(jobs.readers.front()) {
  for (const auto& each : jobs_.vendors) {
    if (each->upstream != nullptr) lines_.emplace(each->settings.name, *each);
  }
}

caf::behavior reaper::make_behavior() {
  on_reap_tick();
  on_renew_tick();
  return {
      [this](reap_tick) { on_reap_tick(); },
      [this](const store_tidied& m) { on_tidied(m); },
      [this](renew_tick) { on_renew_tick(); },
      [this](const leases_renewed& m) { on_renewed(m); },
      [this](const end_awaited& m) { on_end_awaited(m); },
      [this](const call_answered& m) { on_answered(m); },
      [this](const awaited_settled& m) { on_settled(m); },
      [](const cancel_noted&) {},  // the writer tells whoever has to act on it
      [this](const jobs_counted& m) {
        if (m.result) jobs_.counts.set(*m.result);
      },
  };
}

/// The store's actors are destroyed when nobody refers to them any more.
bool reaper::cleanup(caf::error&& reason, caf::execution_unit* host) {
  writer_ = {};
  reader_ = {};
  return observed_actor::cleanup(std::move(reason), host);
}

// -- what has run out ---------------------------------------------------------------------------

void reaper::on_reap_tick() {
  delayed_send(this, jobs_.settings.reap_interval, reap_tick{});
  if (counted_++ % ticks_between_counts == 0) count();
  tidy();
}

void reaper::tidy() {
  pj::reap wanted;
  wanted.most = page;
  wanted.retention = jobs_.settings.retention;
  write_for(caf::actor_cast<caf::actor>(this), writer_, std::move(wanted), store_tidied{});
}

void reaper::on_tidied(const store_tidied& message) {
  if (!message.result) return;  // the next tick tries again
  const auto& found = *message.result;
  for (const auto& each : found.rescued) {
    jobs_.metrics.rescued.add();
    log_rescue(each);
    stop(each.id, stop_reason::lost);
  }
  for (const auto& each : found.expired) {
    if (const auto* vendor = jobs_.find(each.vendor)) vendor->metrics.settled(each.state);
  }
  for (const auto& each : found.to_cancel) {
    write_for(caf::actor_cast<caf::actor>(this), writer_, pj::cancel{each.id}, cancel_noted{});
  }
  for (const auto& each : found.overdue) {
    if (!asked_after_.insert(each.id).second) continue;
    ask({question::kind::what_became, each.id, each.vendor, each.attempt, each.round_attempts,
         each.max_attempts, each.waited_before});
  }
  if (found.more) tidy();
}

void reaper::count() {
  if (const auto* reader = reader_.get()) {
    runtime::tell(*reader,
                  read_from_store{std::make_shared<counting>(caf::actor_cast<caf::actor>(this))});
  }
}

// -- leases -------------------------------------------------------------------------------------

/// An attempt whose lease could not be renewed in time stops before anybody else may begin: its
/// time counts from when the last renewal was asked for.
void reaper::on_renew_tick() {
  delayed_send(this, jobs_.settings.lease / 3, renew_tick{});
  const auto now = clock().now();
  pj::renew wanted;
  wanted.lease = jobs_.settings.lease;
  for (const auto& each : jobs_.running.all()) {
    if (each.lease_until <= now) {
      jobs_.metrics.leases_lost.add();
      runtime::tell(each.actor, stop_attempt{stop_reason::lost});
    } else {
      wanted.jobs.push_back({each.id, each.attempt});
    }
  }
  if (wanted.jobs.empty()) return;
  renewing_ = wanted.jobs;
  write_for(caf::actor_cast<caf::actor>(this), writer_, std::move(wanted),
            leases_renewed{std::nullopt, now});
}

void reaper::on_renewed(const leases_renewed& message) {
  const auto asked_for = std::exchange(renewing_, {});
  if (!message.result) return;  // not known: each runs on until its own lease ends
  for (const auto& each : asked_for) {
    jobs_.running.renewed(each.id, each.attempt, message.asked_at + jobs_.settings.lease);
  }
  for (const auto& id : message.result->lost) {
    jobs_.metrics.leases_lost.add();
    stop(id, stop_reason::lost);
  }
  for (const auto& id : message.result->cancel_requested) stop(id, stop_reason::cancelled);
}

void reaper::stop(const pj::job_id& id, stop_reason why) {
  if (const auto running = jobs_.running.find(id)) {
    runtime::tell(running->actor, stop_attempt{why});
  }
}

// -- what a vendor has --------------------------------------------------------------------------

/// The vendor is told where it wants to be; nobody waits for what it says.
void reaper::on_end_awaited(const end_awaited& message) {
  const question about{
      question::kind::cancel, message.id, message.vendor, message.attempt, 0, 0, false};
  const auto* vendor = jobs_.find(message.vendor);
  if (vendor != nullptr && vendor->settings.cancel) ask(about);
  pj::settle end;
  end.how = pj::settle::cancel{};
  settle(about, std::move(end));
}

void reaper::ask(const question& what) {
  const auto* vendor = jobs_.find(what.vendor);
  const auto line = lines_.find(what.vendor);
  if (vendor == nullptr || line == lines_.end()) {  // it is no longer configured
    asked_after_.erase(what.id);
    return;
  }
  auto call = what.what == question::kind::cancel
                  ? pv::cancel_call(line->second.prefix(), what.id)
                  : pv::look_up_call(line->second.prefix(), what.id);
  line->second.call(std::move(call), {what.id.text(), true, vendor->settings.timeout},
                    caf::actor_cast<caf::actor>(this), std::make_shared<question>(what), 0,
                    clock().now());
}

void reaper::on_answered(const call_answered& message) {
  const auto& about = *std::static_pointer_cast<question>(message.context);
  const auto* vendor = jobs_.find(about.vendor);
  if (about.what == question::kind::what_became) asked_after_.erase(about.id);
  if (about.what == question::kind::cancel || vendor == nullptr) return;
  // No more is known of the job here, and no more is needed.
  pj::job job;
  job.id = about.id;
  job.attempt = about.attempt;
  job.round_attempts = about.round_attempts;
  job.max_attempts = about.max_attempts;
  const auto now = jobs_.now();
  const attempt_view view{job, vendor->settings, now, now, jobs_.random(), jobs_.clean};
  auto end = end_by_overdue_look_up(
      view, about.waited_before,
      pv::judge_look_up(end_of(message.result), std::chrono::system_clock::time_point{now}));
  if (end) settle(about, std::move(*end));
}

void reaper::settle(const question& about, pj::settle what) {
  what.id = about.id;
  what.attempt = about.attempt;
  write_for(caf::actor_cast<caf::actor>(this), writer_, std::move(what),
            awaited_settled{std::nullopt, about.id, about.vendor});
}

void reaper::on_settled(const awaited_settled& message) {
  if (!message.result || !message.result->settled) return;  // told again while it is not settled
  auto* vendor = jobs_.find(message.vendor);
  if (vendor == nullptr) return;
  if (pj::has_ended(message.result->state)) {
    vendor->metrics.settled(message.result->state);
    const auto text = message.id.text();
    telemetry::log().write(config::log_level::info, telemetry::events::job_settled,
                           "a job has ended",
                           {{"request_id", text},
                            {"vendor", message.vendor},
                            {"status", pj::to_string(message.result->state)}});
  } else if (message.result->state == pj::job_state::queued) {
    vendor->metrics.retried("timeout");
    supervision::supervised_ref dispatcher{vendor->dispatcher};
    if (const auto* to = dispatcher.get()) {
      runtime::tell(*to, work_arrived{message.result->run_at});
    }
  }
}

}  // namespace tributary::actors::jobs
