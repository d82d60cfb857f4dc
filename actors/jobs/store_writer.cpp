// SPDX-License-Identifier: MIT
#include "actors/jobs/store_writer.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::jobs {

namespace {

using namespace std::chrono_literals;

/// Writes of one transaction: more would make the first of them wait for the last.
constexpr std::size_t most_in_transaction = 1024;
constexpr auto first_pause = 100ms;
constexpr auto longest_pause = 5s;

}  // namespace

/// What a transaction has changed, for those who want to hear of it.
class store_writer::news {
 public:
  /// Notes what `done` changed; `wanted` is what was asked for, of which only names are read.
  void add(const pj::write& wanted, const pj::written& done) {
    std::visit([&](const auto& result) { note(wanted, result); }, done);
  }

  const std::vector<job_change>& changes() const noexcept { return changes_; }
  std::uint64_t accepted() const noexcept { return accepted_; }
  const std::map<std::string, pj::instant, std::less<>>& work() const noexcept { return work_; }
  /// Attempts whose job has changed under them, and why they are to stop.
  const std::vector<std::pair<pj::job_id, stop_reason>>& stops() const noexcept { return stops_; }
  /// Jobs that a client cancels while their vendor has them.
  const std::vector<end_awaited>& awaited() const noexcept { return awaited_; }

 private:
  void note(const pj::write& wanted, const pj::accept_result& result) {
    const auto& items = std::get<pj::accept>(wanted).jobs;
    for (std::size_t i = 0; i < result.jobs.size(); ++i) {
      const auto& each = result.jobs[i];
      if (each.what != pj::accepted_job::kind::accepted) continue;
      ++accepted_;
      due(items[i].job.vendor, each.run_at);
    }
  }
  void note(const pj::write&, const pj::claim_result& result) {
    for (const auto& each : result.jobs) changes_.push_back({each.id, each.state, each.version});
  }
  void note(const pj::write& wanted, const pj::settle_result& result) {
    if (!result.settled) return;
    changes_.push_back({std::get<pj::settle>(wanted).id, result.state, result.version});
  }
  void note(const pj::write&, const pj::renew_result&) {}
  void note(const pj::write&, const pj::write_refused&) {}
  void note(const pj::write& wanted, const pj::webhook_result& result) {
    if (result.what != pj::webhook_result::kind::accepted) return;
    changes_.push_back({result.id, result.state, result.version});
    if (result.state != pj::job_state::processing) {
      stops_.emplace_back(result.id, stop_reason::lost);
    }
    if (result.state == pj::job_state::queued) {
      due(std::get<pj::take_webhook>(wanted).vendor, pj::instant{});
    }
  }
  void note(const pj::write& wanted, const pj::cancel_result& result) {
    if (result.what == pj::cancel_result::kind::ended ||
        result.what == pj::cancel_result::kind::not_found) {
      return;
    }
    const auto& id = std::get<pj::cancel>(wanted).id;
    changes_.push_back({id, result.state, result.version});
    if (result.state == pj::job_state::processing) {
      stops_.emplace_back(id, stop_reason::cancelled);
    } else if (result.state == pj::job_state::awaiting_vendor) {
      awaited_.push_back({id, result.vendor, result.attempt});
    }
  }
  void note(const pj::write&, const pj::reap_result& result) {
    for (const auto* items : {&result.rescued, &result.expired}) {
      for (const auto& each : *items) {
        changes_.push_back({each.id, each.state, each.version});
        if (each.state == pj::job_state::queued) due(each.vendor, pj::instant{});
      }
    }
  }

  void due(const std::string& vendor, pj::instant when) {
    const auto [place, is_new] = work_.try_emplace(vendor, when);
    if (!is_new) place->second = std::min(place->second, when);
  }

  std::uint64_t accepted_ = 0;  ///< new jobs
  std::vector<job_change> changes_;
  std::vector<std::pair<pj::job_id, stop_reason>> stops_;
  std::vector<end_awaited> awaited_;
  std::map<std::string, pj::instant, std::less<>> work_;  ///< by vendor: when the first is due
};

store_writer::store_writer(caf::actor_config& cfg, std::string path, jobs_state& jobs)
    : observed_actor(cfg, std::move(path), "store"),
      jobs_(jobs),
      writer_(std::move(jobs.first_writer)),
      pause_(first_pause),
      reaper_(jobs.reaper) {
  for (const auto& each : jobs_.vendors) {
    dispatchers_.emplace(each->settings.name, each->dispatcher);
  }
}

caf::behavior store_writer::make_behavior() {
  if (writer_ == nullptr) reopen();
  return {
      [this](write_to_store& m) { on_write(m); },
      [this](flush_writes) { flush(); },
      [this](reopen_store) { reopen(); },
  };
}

/// Who waits is told now. What waits here refers to actors that refer to this one: kept, none of
/// them would ever be destroyed, nor the thread end that this one runs on.
bool store_writer::cleanup(caf::error&& reason, caf::execution_unit* host) {
  waiting_.clear();
  reaper_ = {};
  dispatchers_.clear();
  return observed_actor::cleanup(std::move(reason), host);
}

void store_writer::on_write(write_to_store& message) {
  waiting_.push_back(std::move(message.call));
  if (!std::exchange(flush_posted_, true)) runtime::tell(caf::actor{this}, flush_writes{});
}

void store_writer::flush() {
  flush_posted_ = false;
  if (waiting_.empty()) return;
  const auto count = std::min(waiting_.size(), most_in_transaction);
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  const std::vector<std::shared_ptr<write_call>> calls(std::make_move_iterator(waiting_.begin()),
                                                       std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  if (!waiting_.empty() && !std::exchange(flush_posted_, true)) {
    runtime::tell(caf::actor{this}, flush_writes{});
  }
  if (writer_ == nullptr) {
    for (const auto& each : calls) each->answer(store_refusal::unavailable, nullptr);
    return;
  }
  std::vector<pj::write> batch;
  batch.reserve(count);
  for (const auto& each : calls) batch.push_back(std::move(each->what));
  std::vector<pj::written> results;
  const auto began = std::chrono::steady_clock::now();
  try {
    results = writer_->apply(batch);
  } catch (const pj::store_unavailable& problem) {
    lose(problem.what());
    for (const auto& each : calls) each->answer(store_refusal::unavailable, nullptr);
    return;
  }
  jobs_.metrics.store_time[static_cast<std::size_t>(store_operation::write)].observe(
      std::chrono::steady_clock::now() - began);
  news heard;
  for (std::size_t i = 0; i < count; ++i) heard.add(batch[i], results[i]);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* refused = std::get_if<pj::write_refused>(&results[i])) {
      telemetry::log().write(config::log_level::error, telemetry::events::store_refused,
                             "the store refused a write",
                             {{"store", jobs_.store->engine()}, {"error", refused->why}});
      calls[i]->answer(store_refusal::unavailable, nullptr);
    } else {
      calls[i]->answer(store_refusal::none, &results[i]);
    }
  }
  spread(heard);
}

void store_writer::spread(const news& heard) {
  jobs_.metrics.accepted.add(heard.accepted());
  if (!heard.changes().empty()) {
    for (const auto& feed : jobs_.feeds) feed->publish(heard.changes());
  }
  for (const auto& [id, why] : heard.stops()) {
    if (const auto running = jobs_.running.find(id)) {
      runtime::tell(running->actor, stop_attempt{why});
    }
  }
  if (const auto* reaper = heard.awaited().empty() ? nullptr : reaper_.get()) {
    for (const auto& each : heard.awaited()) runtime::tell(*reaper, end_awaited{each});
  }
  for (const auto& [vendor, when] : heard.work()) {
    const auto found = dispatchers_.find(vendor);
    if (found == dispatchers_.end()) continue;  // of a vendor that is no longer configured
    if (const auto* dispatcher = found->second.get()) {
      runtime::tell(*dispatcher, work_arrived{when});
    }
  }
}

void store_writer::lose(const char* why) {
  writer_.reset();
  jobs_.condition.set(false);
  telemetry::log().write(config::log_level::warning, telemetry::events::store_failing,
                         "the store of jobs does not work",
                         {{"store", jobs_.store->engine()}, {"error", why}});
  pause_ = first_pause;
  delayed_send(this, pause_, reopen_store{});
}

void store_writer::reopen() {
  if (writer_ != nullptr) return;
  try {
    writer_ = jobs_.store->open_writer();
  } catch (const std::runtime_error&) {
    jobs_.condition.set(false);
    pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, longest_pause);
    delayed_send(this, pause_, reopen_store{});
    return;
  }
  jobs_.condition.set(true);
  telemetry::log().write(config::log_level::info, telemetry::events::store_recovered,
                         "the store of jobs is open", {{"store", jobs_.store->engine()}});
  for (auto& [vendor, place] : dispatchers_) {
    if (const auto* dispatcher = place.get()) {
      runtime::tell(*dispatcher, work_arrived{pj::instant{}});
    }
  }
}

}  // namespace tributary::actors::jobs
