// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

/// What all stores of jobs are tested with: one suite, each engine a line in `store_engines()`.
namespace tributary::tests {

using namespace providers::jobs;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// A place of one engine, with a clock that only the test moves.
class store_place {
 public:
  virtual ~store_place() = default;

  virtual std::unique_ptr<job_store> open() = 0;
  virtual instant now() = 0;
  virtual void set_clock(instant to) = 0;
};

struct store_engine {
  std::string name;
  std::function<std::unique_ptr<store_place>()> make;

  friend std::ostream& operator<<(std::ostream& out, const store_engine& engine) {
    return out << engine.name;
  }
};

const std::vector<store_engine>& store_engines();

/// Runs the test once with each engine. To be called once, at the beginning of a test.
const store_engine& each_engine();

/// An empty store, its writer and a reader, and short ways to use them.
class store_fixture {
 public:
  explicit store_fixture(const store_engine& engine = each_engine());

  // -- the place ----------------------------------------------------------------------------------
  instant now() { return place_->now(); }
  void pass(milliseconds time) { place_->set_clock(now() + time); }
  store_place& place() { return *place_; }
  job_store& store() { return *store_; }
  job_writer& writer() { return *writer_; }
  job_reader& reader() { return *reader_; }

  /// As after a crash of the process: another store on the same place.
  void restart();

  // -- writes -------------------------------------------------------------------------------------
  template <class Result>
  Result carry_out(write asked) {
    auto results = writer_->apply({&asked, 1});
    return std::get<Result>(std::move(results.at(0)));
  }

  job_id new_id();

  /// One of vendor `v`, with three attempts.
  new_job wish(std::string vendor = "v");

  /// Without a limit of the queue; keys are kept for a day.
  struct accept accepting(std::vector<new_job> wanted);
  accepted_job take(new_job wanted);
  job_id accept(new_job wanted);
  job_id accept() { return accept(wish()); }
  std::vector<job> claim(std::size_t most, std::string vendor = "v");
  /// Accepts a job and claims it.
  job running(new_job wanted);
  job running() { return running(wish()); }
  /// … and lets its vendor accept it.
  job awaiting(std::string reference = {}, milliseconds deadline = minutes{15});

  template <class How>
  settle_result settle(const job& of, How how) {
    return carry_out<settle_result>(providers::jobs::settle{of.id, of.attempt, std::move(how), {}});
  }
  template <class How>
  settle_result settle(const job& of, How how, attempt_record record) {
    record.attempt = of.attempt;
    return carry_out<settle_result>(
        providers::jobs::settle{of.id, of.attempt, std::move(how), std::move(record)});
  }
  renew_result renew(const job& of, milliseconds lease = seconds{30});
  cancel_result cancel(const job_id& id) {
    return carry_out<cancel_result>(providers::jobs::cancel{id});
  }
  /// Done, with this data.
  take_webhook webhook(const job_id& id, std::string data = R"({"by":"webhook"})");
  take_webhook webhook(std::string reference, std::string data = R"({"by":"webhook"})");
  webhook_result take(take_webhook told) { return carry_out<webhook_result>(std::move(told)); }
  reap_result reap(std::size_t most = 100, milliseconds retention = hours{168});
  reap_result reap_all_leases();

  // -- reads --------------------------------------------------------------------------------------
  job get(const job_id& id);
  job_state state(const job_id& id) { return get(id).state; }
  /// The states of its events, in order, as clients see them; progress as `~`.
  std::string story(const job_id& id);
  std::vector<job_id> list(const list_filter& filter);

 private:
  std::unique_ptr<store_place> place_;
  job_id_source ids_;
  std::unique_ptr<job_store> store_;
  std::unique_ptr<job_writer> writer_;
  std::unique_ptr<job_reader> reader_;
};

/// A key that belongs to a text, for where a digest is wanted.
digest digest_of(std::string_view text);

}  // namespace tributary::tests
