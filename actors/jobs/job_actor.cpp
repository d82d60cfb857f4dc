// SPDX-License-Identifier: MIT
#include "actors/jobs/job_actor.hpp"

#include "actors/jobs/actor_write.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <mutex>
#include <utility>

namespace tributary::actors::jobs {

namespace {

using namespace std::chrono_literals;

/// Until the store is asked again to settle what has ended.
constexpr auto settle_pause = 250ms;
/// Until a retry is looked at again that the vendor's budget of retries does not allow yet.
constexpr pj::milliseconds budget_rest{1'000};

}  // namespace

job_actor::job_actor(caf::actor_config& cfg, std::string path, jobs_state& jobs,
                     vendor_resources& vendor, attempt_kit kit)
    : observed_actor(cfg, std::move(path), "job"),
      jobs_(jobs),
      vendor_(vendor),
      kit_(std::move(kit)),
      writer_(jobs.writer) {
  if (vendor_.upstream != nullptr) line_.emplace(vendor_);
}

caf::behavior job_actor::make_behavior() {
  started_at_ = jobs_.now();
  running_job shown;
  shown.id = kit_.job.id;
  shown.vendor = kit_.job.vendor;
  shown.attempt = kit_.job.attempt;
  shown.path = path();
  shown.since = started_at_;
  shown.lease_until = clock().now() + jobs_.settings.lease;
  shown.actor = self();
  jobs_.running.add(std::move(shown));
  start();
  return {
      [this](const call_answered& m) { on_answered(m); },
      [this](const stop_attempt& m) { on_stop(m.why); },
      [this](const attempt_settled& m) { on_settled(m); },
      [this](settle_again) { send_settle(); },
  };
}

bool job_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  if (call_ != nullptr) std::exchange(call_, nullptr)->cancel();  // it refers back to here
  jobs_.running.remove(kit_.job.id, kit_.job.attempt);
  kit_.place = {};
  writer_ = {};
  kit_.order.reset();  // tells the dispatcher, where nothing has told it yet
  return observed_actor::cleanup(std::move(reason), host);
}

attempt_view job_actor::view() const {
  return {kit_.job, vendor_.settings, started_at_, jobs_.now(), jobs_.random(), jobs_.clean};
}

void job_actor::start() {
  if (!line_) {
    return settle(std::get<pj::settle>(end_by(view(), pv::vendor_done{kit_.job.payload})));
  }
  if (!may_retry()) return settle(end_by_release(view(), budget_rest));
  call();
}

/// Of a vendor in trouble only a share of the calls may be repetitions.
bool job_actor::may_retry() {
  if (kit_.job.round_attempts <= 1) return true;
  auto& guards = *vendor_.upstream;
  const std::lock_guard lock{guards.mutex};
  return guards.budget.withdraw(clock().now());
}

void job_actor::call() {
  pv::attempt_terms terms;
  terms.id = kit_.job.id;
  terms.round = kit_.job.round;
  terms.attempt = kit_.job.attempt;
  terms.payload = kit_.job.payload;
  std::string callback;
  if (vendor_.settings.kind == config::vendor_kind::async) {
    callback = pv::callback_url_of(jobs_.public_url, vendor_.settings.name, kit_.job.webhook_token);
  }
  terms.callback_url = callback;
  call_ = line_->call(pv::start_call(line_->prefix(), terms),
                      {kit_.job.id.text(), kit_.job.round_attempts > 1, vendor_.settings.timeout},
                      self(), nullptr, static_cast<std::size_t>(phase::calling), clock().now());
}

void job_actor::on_answered(const call_answered& message) {
  if (message.index != static_cast<std::size_t>(phase_) || phase_ == phase::settling) return;
  call_.reset();
  const auto end = end_of(message.result);
  const auto now = std::chrono::system_clock::time_point{jobs_.now()};
  if (phase_ == phase::asking) {
    return settle(end_by_look_up(view(), pv::judge_look_up(end, now)));
  }
  const auto kind = vendor_.settings.kind == config::vendor_kind::async ? pv::answers_by::webhook
                                                                        : pv::answers_by::response;
  auto next = end_by(view(), pv::judge_answer(kind, end, now));
  if (auto* ending = std::get_if<pj::settle>(&next)) return settle(std::move(*ending));
  phase_ = phase::asking;
  call_ = line_->call(pv::look_up_call(line_->prefix(), kit_.job.id),
                      {kit_.job.id.text(), true, vendor_.settings.timeout}, self(), nullptr,
                      static_cast<std::size_t>(phase::asking), clock().now());
}

void job_actor::on_stop(stop_reason why) {
  if (phase_ == phase::settling) return;  // what is on its way to the store decides
  if (call_ != nullptr) std::exchange(call_, nullptr)->cancel();
  switch (why) {
    case stop_reason::lost:
      return finish(std::nullopt);
    case stop_reason::cancelled:
      if (line_ && vendor_.settings.cancel) {
        // Nobody waits for what it says.
        line_->call(pv::cancel_call(line_->prefix(), kit_.job.id),
                    {kit_.job.id.text(), true, vendor_.settings.timeout}, self(), nullptr,
                    static_cast<std::size_t>(phase::settling), clock().now());
      }
      return settle(end_by_cancel(view()));
    case stop_reason::going_down:
      return settle(end_by_release(view(), pj::milliseconds{0}));
  }
}

void job_actor::settle(pj::settle what) {
  phase_ = phase::settling;
  ending_ = std::move(what);
  send_settle();
}

void job_actor::send_settle() { write_for(self(), writer_, *ending_, attempt_settled{}); }

void job_actor::on_settled(const attempt_settled& message) {
  if (!message.result) {
    const auto mine = jobs_.running.find(kit_.job.id);
    // Past the lease another process may have the job: whoever takes it back decides.
    if (!mine || mine->lease_until <= clock().now()) return finish(std::nullopt);
    delayed_send(this, settle_pause, settle_again{});
    return;
  }
  if (!message.result->settled) {
    jobs_.metrics.stale_settles.add();
    const auto text = kit_.job.id.text();
    telemetry::log().write(config::log_level::warning, telemetry::events::job_stale_settle,
                           "an attempt ended after its job had become another's",
                           {{"request_id", text}, {"attempt", kit_.job.attempt}});
    return finish(std::nullopt);
  }
  tell(*message.result);
  finish(message.result->state == pj::job_state::queued ? std::optional{message.result->run_at}
                                                        : std::nullopt);
}

/// Counts and logs how it ended, after that is durable.
void job_actor::tell(const pj::settle_result& result) const {
  const auto text = kit_.job.id.text();
  const auto& vendor = vendor_.settings.name;
  const auto* record = ending_->record ? &*ending_->record : nullptr;
  if (pj::has_ended(result.state)) {
    vendor_.metrics.settled(result.state);
    const auto lasted = (jobs_.now() - kit_.job.created_at).count();
    telemetry::log().write(config::log_level::info, telemetry::events::job_settled,
                           "a job has ended",
                           {{"request_id", text},
                            {"vendor", vendor},
                            {"status", pj::to_string(result.state)},
                            {"attempt", kit_.job.attempt},
                            {"duration_ms", lasted}});
  }
  if (const auto* buried = std::get_if<pj::settle::bury>(&ending_->how)) {
    telemetry::log().write(config::log_level::warning, telemetry::events::job_dead,
                           "a job was given up",
                           {{"request_id", text},
                            {"vendor", vendor},
                            {"attempt", kit_.job.attempt},
                            {"code", buried->error.code}});
  }
  if (const auto* retry = std::get_if<pj::settle::retry>(&ending_->how); retry && record) {
    vendor_.metrics.retried(record->failure);
    telemetry::log().write(config::log_level::info, telemetry::events::job_retry,
                           "an attempt failed and another one follows",
                           {{"request_id", text},
                            {"vendor", vendor},
                            {"attempt", kit_.job.attempt},
                            {"class", record->failure},
                            {"status", record->status},
                            {"delay_ms", retry->delay.count()}});
  }
}

void job_actor::finish(std::optional<pj::instant> run_at) {
  jobs_.running.remove(kit_.job.id, kit_.job.attempt);
  kit_.place = {};
  kit_.order->answer({kit_.job.id, kit_.job.attempt, true, run_at});
  quit();
}

}  // namespace tributary::actors::jobs
