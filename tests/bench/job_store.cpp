// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/sqlite_job_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

/// What the store of jobs does alone, on the disk of a folder: `job_store FOLDER [JOBS [WAITING]]`.
/// WAITING requests are carried out with each commit, as when so many clients wait. The file stays.
namespace {

using namespace tributary::providers::jobs;
namespace jobs = tributary::providers::jobs;
using clock_type = std::chrono::steady_clock;

instant now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

jobs::write accept_of(job_id_source& ids) {
  struct accept asked;
  asked.most_queued = 1'000'000'000;
  new_job wanted;
  wanted.id = ids.next(now());
  wanted.vendor = "echo";
  wanted.max_attempts = 8;
  wanted.payload = R"({"query":"benchmark","user":"user-4711","metadata":{"priority":"normal"}})";
  wanted.webhook_token = "0123456789abcdef0123456789abcdef";
  asked.jobs.push_back({std::move(wanted), {}});
  return asked;
}

void tell(const char* what, std::size_t count, clock_type::time_point since) {
  const std::chrono::duration<double> took = clock_type::now() - since;
  std::printf("%-28s %10.0f/s\n", what, static_cast<double>(count) / took.count());
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("job_store FOLDER [JOBS [WAITING]]\n", stderr);
    return 2;
  }
  const auto number = [&](int index, std::size_t other) {
    return count > index ? static_cast<std::size_t>(std::strtoull(words[index], nullptr, 10))
                         : other;
  };
  const auto total = number(2, 100'000);
  const auto waiting = std::max<std::size_t>(number(3, 64), 1);
  sqlite_job_settings settings;
  settings.folder = words[1];
  settings.clock = now;
  const auto store = make_sqlite_job_store(std::move(settings));
  const auto writer = store->open_writer();
  const auto reader = store->open_reader();
  job_id_source ids{
      [random = std::mt19937_64{std::random_device{}()}]() mutable { return random(); }};

  auto since = clock_type::now();
  job_id last;
  for (std::size_t done = 0; done < total; done += waiting) {
    std::vector<jobs::write> batch;
    for (std::size_t i = 0; i < waiting; ++i) batch.push_back(accept_of(ids));
    last = std::get<jobs::accept>(batch.back()).jobs[0].job.id;
    writer->apply(batch);
  }
  tell("durable accepts", total, since);

  since = clock_type::now();
  for (std::size_t i = 0; i < total; ++i) {
    if (!reader->find(last)) return 1;
  }
  tell("finds", total, since);

  since = clock_type::now();
  std::size_t settled = 0;
  std::vector<jobs::write> batch;
  for (;;) {
    struct claim asked;
    asked.vendor = "echo";
    asked.most = waiting;
    asked.lease = std::chrono::seconds{30};
    batch.emplace_back(asked);
    // The ends of those before and the next claim, in one commit.
    const auto results = writer->apply(batch);
    const auto& claimed = std::get<claim_result>(results.back()).jobs;
    if (claimed.empty()) break;
    batch.clear();
    for (const auto& each : claimed) {
      attempt_record record;
      record.attempt = each.attempt;
      record.started_at = now();
      batch.emplace_back(settle{each.id, each.attempt, settle::complete{R"({"status":"success"})"},
                                std::move(record)});
    }
    settled += claimed.size();
  }
  tell("claimed and settled", settled, since);
  const auto counts = reader->counts();
  return counts.accepted == counts.states[static_cast<std::size_t>(job_state::complete)] ? 0 : 1;
}
