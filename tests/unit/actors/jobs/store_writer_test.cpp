// SPDX-License-Identifier: MIT
#include "actors/jobs/store_writer.hpp"

#include "jobs_fixture.hpp"

#include <catch2/catch.hpp>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors::jobs;

namespace {

/// What the callers of a writer were told, in order.
struct told_writes {
  struct entry {
    int caller;
    store_refusal refusal;
    bool done;
  };
  std::vector<entry> entries;
};

class told_write final : public write_call {
 public:
  told_write(pj::write what, int number, told_writes& into)
      : write_call(std::move(what)), number_(number), into_(into) {}
  void answer(store_refusal refusal, pj::written* result) override {
    into_.entries.push_back({number_, refusal, result != nullptr});
  }

 private:
  int number_;
  told_writes& into_;
};

class writer_fixture : public jobs_fixture {
 public:
  writer_fixture() {
    writer = actors.sys.spawn<store_writer>("/test/writer", *state);
    actors.run();
  }
  ~writer_fixture() { actors.end(writer); }

  /// Sends without running anything.
  void send(pj::write what) {
    caf::anon_send(writer, write_to_store{std::make_shared<told_write>(
                               std::move(what), static_cast<int>(sent++), told)});
  }

  told_writes told;
  std::size_t sent = 0;
  caf::actor writer;
};

class kept_changes final : public change_feed {
 public:
  void publish(std::span<const job_change> changes) override {
    all.insert(all.end(), changes.begin(), changes.end());
  }
  std::vector<job_change> all;
};

}  // namespace

TEST_CASE("What waits when a transaction ends is the next transaction") {
  writer_fixture f;
  for (int i = 0; i < 3; ++i) f.send(pj::reap{});
  f.actors.run();
  CHECK(f.store->transactions == std::vector<std::size_t>{3});
  f.send(pj::reap{});
  f.actors.run();
  CHECK(f.store->transactions == std::vector<std::size_t>{3, 1});
  CHECK(f.told.entries.size() == 4);
}

TEST_CASE("A transaction has a bound, and the rest is the next one") {
  writer_fixture f;
  for (int i = 0; i < 1500; ++i) f.send(pj::reap{});
  f.actors.run();
  CHECK(f.store->transactions == std::vector<std::size_t>{1024, 476});
}

TEST_CASE("Of a transaction that failed nothing is told as done, and the connection is given up") {
  writer_fixture f;
  const auto opened = f.store->opened;
  f.store->away = true;
  f.send(pj::reap{});
  f.send(pj::reap{});
  f.actors.run();
  REQUIRE(f.told.entries.size() == 2);
  for (const auto& each : f.told.entries) {
    CHECK(each.refusal == store_refusal::unavailable);
    CHECK_FALSE(each.done);
  }
  CHECK_FALSE(f.state->condition.open);
  f.send(pj::reap{});
  f.actors.run();
  CHECK(f.told.entries.back().refusal == store_refusal::unavailable);
  f.store->away = false;
  f.actors.pass_time();
  CHECK(f.store->opened == opened + 1);
  CHECK(f.state->condition.open);
  f.send(pj::reap{});
  f.actors.run();
  CHECK(f.told.entries.back().done);
}

TEST_CASE("A writer that ends keeps nothing of those who waited for a later transaction") {
  writer_fixture f;
  for (int i = 0; i < 6000; ++i) f.send(pj::reap{});
  const std::weak_ptr<write_call> last = [&] {
    auto call = std::make_shared<told_write>(pj::reap{}, 6000, f.told);
    caf::anon_send(f.writer, write_to_store{call});
    return call;
  }();
  f.store->does = [&](const pj::write&) -> pj::written {
    caf::anon_send_exit(f.writer, caf::exit_reason::kill);
    return pj::reap_result{};
  };
  f.actors.run();
  CHECK(f.store->transactions.size() < 6);  // or there was nothing to keep
  CHECK(last.expired());
}

TEST_CASE("A store that stays away is tried again and again") {
  writer_fixture f;
  f.store->away = true;
  f.send(pj::reap{});
  f.actors.run();
  for (int i = 0; i < 5; ++i) f.actors.pass_time();
  CHECK_FALSE(f.state->condition.open);
  f.store->away = false;
  f.actors.pass_time();
  CHECK(f.state->condition.open);
}

TEST_CASE("A dispatcher is told of the earliest of its vendor's new jobs, once a transaction") {
  writer_fixture f;
  std::vector<work_arrived> work;
  const auto dispatcher = f.collect(f.vendor().dispatcher, work);
  f.store->does = [&](const pj::write& what) -> pj::written {
    pj::accept_result result;
    for (const auto& each : std::get<pj::accept>(what).jobs) {
      auto& job = result.jobs.emplace_back();
      job.id = each.job.id;
      job.run_at = each.job.run_at.value_or(f.now);
    }
    return result;
  };
  for (const auto later : {5s, 2s, 9s}) {
    pj::accept wanted;
    wanted.jobs.emplace_back().job.vendor = "sync";
    wanted.jobs.back().job.run_at = f.now + later;
    f.send(wanted);
  }
  f.actors.run();
  REQUIRE(work.size() == 1);
  CHECK(work[0].run_at == f.now + 2s);
  f.actors.end(dispatcher);
}

TEST_CASE("Whoever wants to hear of changes is told after they are durable") {
  writer_fixture f;
  const auto feed = std::make_shared<kept_changes>();
  f.state->feeds.push_back(feed);
  f.store->does = [&](const pj::write&) -> pj::written {
    CHECK(feed->all.empty());
    return pj::settle_result{true, pj::job_state::complete, 4, {}};
  };
  pj::settle done;
  done.id = job_number(3);
  f.send(done);
  f.actors.run();
  REQUIRE(feed->all.size() == 1);
  CHECK(feed->all[0].id == job_number(3));
  CHECK(feed->all[0].state == pj::job_state::complete);
  CHECK(feed->all[0].version == 4);
}

TEST_CASE("A running attempt whose job a webhook or a cancel has taken is told to stop") {
  writer_fixture f;
  std::vector<stop_attempt> stops;
  const auto attempt = f.actors.sys.spawn<collector<stop_attempt>>(stops);
  running_job running;
  running.id = job_number(1);
  running.actor = attempt;
  f.state->running.add(running);
  f.store->does = [&](const pj::write& what) -> pj::written {
    if (std::holds_alternative<pj::cancel>(what)) {
      return pj::cancel_result{pj::cancel_result::kind::requested, pj::job_state::processing, 2,
                               "sync", 1};
    }
    return pj::webhook_result{pj::webhook_result::kind::accepted, job_number(1),
                              pj::job_state::complete, 3, 1};
  };
  f.send(pj::cancel{job_number(1)});
  f.actors.run();
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::cancelled);
  f.send(pj::take_webhook{});
  f.actors.run();
  REQUIRE(stops.size() == 2);
  CHECK(stops[1].why == stop_reason::lost);
  f.state->running.remove(job_number(1), 0);
  f.actors.end(attempt);
}

TEST_CASE("A job that its vendor has is ended by the reaper when its client cancels it") {
  writer_fixture f;
  std::vector<end_awaited> ends;
  const auto reaper = f.collect(f.state->reaper, ends);
  f.store->does = [&](const pj::write&) -> pj::written {
    return pj::cancel_result{pj::cancel_result::kind::requested, pj::job_state::awaiting_vendor, 2,
                             "sync", 5};
  };
  f.send(pj::cancel{job_number(1)});
  f.actors.run();
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].id == job_number(1));
  CHECK(ends[0].vendor == "sync");
  CHECK(ends[0].attempt == 5);
  f.actors.end(reaper);
}

}  // namespace tributary::tests
