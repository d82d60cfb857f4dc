// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_hub.hpp"

#include <utility>
#include <vector>

namespace tributary::http::server {

using actors::jobs::job_change;

void job_hub::publish(std::span<const job_change> changes) {
  // Whoever begins to watch after this look reads the store after the transaction.
  if (watching_.load() == 0) return;
  loop_.post(
      [self = shared_from_this(), told = std::vector<job_change>(changes.begin(), changes.end())] {
        self->deliver(told);
      });
}

void job_hub::watch(const providers::jobs::job_id& id, std::shared_ptr<job_watcher> who) {
  watchers_.emplace(id, std::move(who));
  ++watching_;
}

void job_hub::unwatch(const providers::jobs::job_id& id, const job_watcher& who) {
  const auto [begin, end] = watchers_.equal_range(id);
  for (auto at = begin; at != end; ++at) {
    if (at->second.get() != &who) continue;
    const auto last = std::move(at->second);  // its end may come back here
    watchers_.erase(at);
    --watching_;
    return;
  }
}

void job_hub::deliver(std::span<const job_change> changes) {
  std::vector<std::shared_ptr<job_watcher>> those;
  for (const auto& change : changes) {
    const auto [begin, end] = watchers_.equal_range(change.id);
    for (auto at = begin; at != end; ++at) those.push_back(at->second);
    for (const auto& each : std::exchange(those, {})) each->on_change(change);
  }
}

}  // namespace tributary::http::server
