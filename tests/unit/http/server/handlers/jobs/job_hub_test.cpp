// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_hub.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
using actors::jobs::job_change;
namespace pj = providers::jobs;

pj::job_id job_number(std::uint8_t last) {
  std::array<std::uint8_t, pj::job_id::size> bytes{};
  bytes.back() = last;
  return pj::job_id{bytes};
}

/// Notes the versions that it is told of; ends its watch at the version that it is given.
struct noting_watcher final : job_watcher {
  noting_watcher(job_hub& h, std::uint64_t end) : hub(h), ends_at(end) {}
  void on_change(const job_change& change) override {
    versions.push_back(change.version);
    if (change.version == ends_at) hub.unwatch(change.id, *this);
  }
  job_hub& hub;
  std::uint64_t ends_at;
  std::vector<std::uint64_t> versions;
};

struct watched_hub {
  std::shared_ptr<noting_watcher> watch(std::uint8_t job, std::uint64_t ends_at = 0) {
    auto result = std::make_shared<noting_watcher>(*hub, ends_at);
    hub->watch(job_number(job), result);
    return result;
  }
  void publish(std::vector<job_change> changes) { hub->publish(changes); }
  std::size_t run() {
    loop.context().restart();
    return loop.context().poll();
  }

  http::io::event_loop loop;
  std::shared_ptr<job_hub> hub = std::make_shared<job_hub>(loop);
};

using versions = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("who waits for a job is told of its changes alone, in their order", "[jobs]") {
  watched_hub d;
  const auto one = d.watch(1);
  const auto also_one = d.watch(1);
  const auto two = d.watch(2);
  d.publish({{job_number(1), pj::job_state::processing, 2},
             {job_number(3), pj::job_state::processing, 9},
             {job_number(1), pj::job_state::complete, 3}});
  CHECK(one->versions.empty());  // never on the store's thread
  d.run();
  CHECK(one->versions == versions{2, 3});
  CHECK(also_one->versions == versions{2, 3});
  CHECK(two->versions.empty());
}

TEST_CASE("a transaction costs nothing on a loop where nobody waits", "[jobs]") {
  watched_hub d;
  d.publish({{job_number(1), pj::job_state::complete, 1}});
  CHECK(d.run() == 0);
  const auto one = d.watch(1);
  CHECK(d.hub->size() == 1);
  d.hub->unwatch(job_number(1), *one);
  CHECK(d.hub->size() == 0);
  d.publish({{job_number(1), pj::job_state::complete, 2}});
  CHECK(d.run() == 0);
}

TEST_CASE("a wait may end while it is told of a change", "[jobs]") {
  watched_hub d;
  const auto first = d.watch(1, 2);
  const auto second = d.watch(1, 3);
  std::weak_ptr<noting_watcher> forgotten = d.watch(1, 2);
  d.publish({{job_number(1), pj::job_state::processing, 2},
             {job_number(1), pj::job_state::complete, 3},
             {job_number(1), pj::job_state::complete, 4}});
  d.run();
  CHECK(first->versions == versions{2});
  CHECK(second->versions == versions{2, 3});
  CHECK(forgotten.expired());
  CHECK(d.hub->size() == 0);
}

}  // namespace tributary::tests
