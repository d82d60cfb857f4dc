// SPDX-License-Identifier: MIT
#include "actors/jobs/jobs_state.hpp"

#include "actors/actor_tree.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/store/system_time.hpp"
#include "actors/telemetry/server_metrics.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tributary::actors::jobs {

namespace {

/// Each has a connection and a thread of its own.
constexpr std::size_t reader_count = 2;

pj::instant system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// What an earlier process was running is due again at once: nobody else can be at it.
void take_back_all(pj::job_writer& writer, pj::milliseconds retention) {
  pj::reap everything;
  everything.most = 1000;
  everything.retention = retention;
  everything.all_leases = true;
  for (auto more = true; more;) {
    const pj::write batch[] = {everything};
    const auto results = writer.apply(batch);
    more = std::get<pj::reap_result>(results.front()).more;
  }
}

}  // namespace

std::string_view to_string(vendor_wait::reason why) noexcept {
  switch (why) {
    case vendor_wait::reason::none:
      break;
    case vendor_wait::reason::rate_limit:
      return "rate_limit";
    case vendor_wait::reason::concurrency:
      return "concurrency";
    case vendor_wait::reason::breaker:
      return "breaker";
    case vendor_wait::reason::backoff:
      return "backoff";
  }
  return "";
}

attempt_ended dropped(const attempt_wanted& request) {
  return {request.id, request.attempt, false, {}};
}

void vendor_resources::waits(vendor_wait w) {
  const std::lock_guard lock{mutex_};
  wait_ = w;
}

vendor_wait vendor_resources::wait() const {
  const std::lock_guard lock{mutex_};
  return wait_;
}

void store_condition::set(bool is_open) noexcept {
  if (open.exchange(is_open) != is_open) since_ms = store::system_ms();
  if (is_open) was_open = true;
}

void known_counts::set(const pj::job_counts& counts) {
  const std::lock_guard lock{mutex_};
  counts_ = counts;
}

std::optional<pj::job_counts> known_counts::get() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

jobs_state::jobs_state(const config::jobs_settings& s, const tree_state& shared,
                       std::shared_ptr<pj::job_store> kept_in)
    : settings(s),
      instance(shared.instance),
      random(shared.random),
      now(system_now),
      clean([](std::string_view json) { return std::string{json}; }),
      metrics(shared.metrics.metrics()),
      public_url(s.public_url),
      store(std::move(kept_in)) {
  for (const auto& each : settings.vendors) {
    auto upstream = each.kind == config::vendor_kind::echo
                        ? nullptr
                        : shared.upstreams.find(each.upstream.name);
    vendors.push_back(
        std::make_unique<vendor_resources>(each, std::move(upstream), shared.metrics.metrics()));
  }
  for (std::size_t i = 0; i < reader_count; ++i) {
    readers.push_back(std::make_shared<supervision::slot>());
  }
  try {
    first_writer = store->open_writer();
    if (!store->is_shared()) take_back_all(*first_writer, settings.retention);
    condition.set(true);
  } catch (const pj::store_unavailable&) {
    // The writer's actor tries on; until then nothing is accepted.
    first_writer.reset();
  }
}

jobs_state::~jobs_state() = default;

vendor_resources* jobs_state::find(std::string_view vendor) const noexcept {
  const auto found = std::find_if(vendors.begin(), vendors.end(),
                                  [&](const auto& each) { return each->settings.name == vendor; });
  return found == vendors.end() ? nullptr : found->get();
}

}  // namespace tributary::actors::jobs
