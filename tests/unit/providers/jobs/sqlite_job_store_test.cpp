// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/sqlite_job_store.hpp"

#include "providers/storage/sqlite/statement.hpp"
#include "store_fixture.hpp"
#include "support/faulty_vfs.hpp"
#include "support/memory_folder.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tributary::tests {

namespace {

namespace db = providers::storage::sqlite;
namespace fs = std::filesystem;
using jobs_settle = providers::jobs::settle;

constexpr instant fixed_time{seconds{1'764'547'200}};

/// A folder that goes with the test, for stores in it.
struct job_folder {
  std::string file() const { return (path / sqlite_job_file).string(); }

  std::string bytes() const {
    std::ifstream in{file(), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::unique_ptr<job_store> store(const std::string& vfs = {}) const {
    sqlite_job_settings settings;
    settings.folder = path.string();
    settings.clock = [] { return fixed_time; };
    settings.busy_timeout = milliseconds{0};
    settings.vfs = vfs;
    return make_sqlite_job_store(std::move(settings));
  }

  db::connection open() const {
    db::connection_options options;
    options.path = file();
    return db::connection{options};
  }

  memory_folder folder;
  fs::path path = folder.path();
};

new_job some_job(std::uint8_t number) {
  new_job result;
  result.id = job_id{{1, 2, 3, 4, 5, 6, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number}};
  result.vendor = "v";
  result.payload = "{}";
  return result;
}

write accept_of(std::uint8_t number) {
  struct accept result;
  result.jobs.push_back({some_job(number), {}});
  result.most_queued = 100;
  return result;
}

void accept_one(job_writer& writer, std::uint8_t number) {
  const auto asked = accept_of(number);
  writer.apply({&asked, 1});
}

/// Opening fails for good, with one line that names the file.
void check_unusable(job_store& store, const std::string& path, const std::string& words) {
  for (int i = 0; i < 2; ++i) {
    try {
      if (i == 0) {
        store.open_writer();
      } else {
        store.open_reader();
      }
      FAIL("it was opened");
    } catch (const store_unusable& why) {
      const std::string text = why.what();
      INFO(text);
      CHECK(text.find(path) == 0);
      CHECK(text.find(words) != text.npos);
      CHECK(text.find('\n') == text.npos);
    }
  }
}

}  // namespace

TEST_CASE("a store says what it is", "[jobs][sqlite]") {
  const job_folder f;
  const auto store = f.store();
  CHECK(store->engine() == "sqlite");
  CHECK_FALSE(store->is_shared());
  CHECK_FALSE(fs::exists(f.file()));
}

TEST_CASE("a new file is made with its folder, by a reader too", "[jobs][sqlite]") {
  job_folder f;
  f.path /= "some/folder";
  const auto store = f.store();
  CHECK_FALSE(store->open_reader()->find(some_job(1).id));
  accept_one(*store->open_writer(), 1);
  CHECK(store->open_reader()->find(some_job(1).id));
  auto raw = f.open();
  CHECK(raw.number("PRAGMA application_id") != 0);
  CHECK(raw.number("PRAGMA user_version") == 1);
  CHECK(raw.number("SELECT version FROM schema_version") == 1);
  CHECK(raw.number("SELECT applied_at FROM schema_version") == 1'764'547'200'000);
  CHECK(raw.number("SELECT count(*) FROM sqlite_schema WHERE name IN ('jobs', 'job_events', "
                   "'idempotency_keys', 'vendor_webhooks', 'callbacks', 'leases', "
                   "'schema_version')") == 7);
}

TEST_CASE("each commit is synced, and a batch is one commit", "[jobs][sqlite]") {
  const job_folder f;
  faulty_vfs vfs;
  const auto store = f.store(vfs.name());
  const auto writer = store->open_writer();
  std::vector<write> batch;
  for (std::uint8_t i = 0; i < 64; ++i) batch.push_back(accept_of(i));
  vfs.syncs = 0;
  writer->apply(batch);
  const auto first = vfs.syncs.load();  // the log's header is new, too
  CHECK(first >= 1);
  CHECK(first <= 2);
  vfs.syncs = 0;
  accept_one(*writer, 64);
  CHECK(vfs.syncs == 1);
}

TEST_CASE("a file has one owner, for as long as anything of its store is open", "[jobs][sqlite]") {
  const job_folder f;
  auto first = f.store();
  auto reader = first->open_reader();
  const auto second = f.store();
  check_unusable(*second, f.file(), "in use");
  first.reset();
  check_unusable(*second, f.file(), "in use");
  reader.reset();
  CHECK(second->open_writer());
}

TEST_CASE("what is no database is refused and stays as it is", "[jobs][sqlite]") {
  const job_folder f;
  const std::string text = GENERATE(as<std::string>{}, "hello", std::string(5'000, 'x'),
                                    "SQLite format 3" + std::string(4'000, '\0'));
  std::ofstream{f.file(), std::ios::binary} << text;
  check_unusable(*f.store(), f.file(), "database");
  CHECK(f.bytes() == text);
}

TEST_CASE("the database of another program is refused and stays as it is", "[jobs][sqlite]") {
  const job_folder f;
  const auto* made_by =
      GENERATE("CREATE TABLE t (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 1",
               "PRAGMA journal_mode = WAL; "
               "CREATE TABLE t (x)");
  {
    auto foreign = f.open();
    foreign.run(made_by);
    foreign.leave_as_it_is();  // with its log, as after a crash
  }
  const auto before = f.bytes();
  REQUIRE_FALSE(before.empty());
  check_unusable(*f.store(), f.file(), "another program");
  CHECK((f.bytes() == before));  // not to be printed
}

TEST_CASE("a newer schema is refused and stays as it is", "[jobs][sqlite]") {
  const job_folder f;
  accept_one(*f.store()->open_writer(), 1);
  f.open().run("PRAGMA user_version = 1000");
  const auto before = f.bytes();
  check_unusable(*f.store(), f.file(), "schema version 1000");
  CHECK((f.bytes() == before));  // not to be printed
  f.open().run("PRAGMA user_version = 1");
  CHECK(f.store()->open_reader()->find(some_job(1).id));
}

TEST_CASE("a folder that cannot be one is refused by its name", "[jobs][sqlite]") {
  job_folder f;
  SECTION("it is a file") {
    std::ofstream{f.path / "file"} << "x";
    f.path /= "file";
    check_unusable(*f.store(), f.path.string(), "");
  }
  SECTION("it lies below a file") {
    std::ofstream{f.path / "file"} << "x";
    f.path /= "file/folder";
    check_unusable(*f.store(), f.path.string(), "cannot be made");
  }
  SECTION("the database is a folder") {
    fs::create_directory(f.file());
    check_unusable(*f.store(), f.file(), "cannot be opened");
  }
  SECTION("nobody may write there") {
    if (::geteuid() == 0) return;  // nothing keeps this user out
    fs::permissions(f.path, fs::perms::owner_read | fs::perms::owner_exec);
    check_unusable(*f.store(), f.path.string(), "cannot be written");
    fs::permissions(f.path, fs::perms::owner_all);
  }
}

TEST_CASE("a file that somebody else has locked is away for the time being", "[jobs][sqlite]") {
  const job_folder f;
  const auto store = f.store();
  auto writer = store->open_writer();
  accept_one(*writer, 1);
  auto shell = f.open();
  shell.run("BEGIN IMMEDIATE");
  try {
    accept_one(*writer, 2);
    FAIL("it was written");
  } catch (const store_unavailable& why) {
    INFO(why.what());
    CHECK(std::string_view{why.what()}.starts_with(f.file()));
    CHECK(std::string_view{why.what()}.find("locked") != std::string_view::npos);
  }
  CHECK(store->open_reader()->find(some_job(1).id));  // reads do not wait for it
  shell.run("ROLLBACK");
  CHECK_THROWS_AS(accept_one(*writer, 2), store_unavailable);  // it was given up
  writer.reset();
  writer = store->open_writer();
  accept_one(*writer, 2);
  CHECK(store->open_reader()->find(some_job(2).id));
}

TEST_CASE("after a sync that failed nothing is told as done, nor written the same way again",
          "[jobs][sqlite]") {
  const job_folder f;
  faulty_vfs vfs;
  const auto store = f.store(vfs.name());
  auto writer = store->open_writer();
  // Without it the writer's connection is the last, which SQLite would tidy up after.
  const auto is_read = GENERATE(true, false);
  auto reader = is_read ? store->open_reader() : nullptr;
  accept_one(*writer, 1);
  vfs.syncs_fail = true;
  CHECK_THROWS_AS(accept_one(*writer, 2), store_unavailable);
  vfs.syncs_fail = false;
  vfs.syncs = 0;
  CHECK_THROWS_AS(accept_one(*writer, 3), store_unavailable);
  CHECK(vfs.syncs == 0);
  writer.reset();
  CHECK(vfs.syncs == 0);
  // Another one begins with a new log, so that nothing hangs on what was not synced.
  writer = store->open_writer();
  CHECK(vfs.syncs > 0);
  CHECK(fs::file_size(f.file() + "-wal") == 0);
  accept_one(*writer, 4);
  if (!reader) reader = store->open_reader();
  CHECK(reader->find(some_job(1).id));
  CHECK_FALSE(reader->find(some_job(3).id));
  CHECK(reader->find(some_job(4).id));
  const auto counts = reader->counts();
  CHECK(counts.accepted == counts.states[0]);
}

TEST_CASE("a full disk loses nothing, and can be read from", "[jobs][sqlite]") {
  const job_folder f;
  faulty_vfs vfs;
  const auto store = f.store(vfs.name());
  auto writer = store->open_writer();
  accept_one(*writer, 1);
  vfs.disk_is_full = true;
  try {
    accept_one(*writer, 2);
    FAIL("it was written");
  } catch (const store_unavailable& why) {
    INFO(why.what());
    CHECK(std::string_view{why.what()}.starts_with(f.file()));
    CHECK(std::string_view{why.what()}.find("full") != std::string_view::npos);
  }
  const auto reader = store->open_reader();
  CHECK(reader->find(some_job(1).id));
  CHECK_FALSE(reader->find(some_job(2).id));
  writer.reset();
  vfs.disk_is_full = false;
  writer = store->open_writer();
  accept_one(*writer, 2);
  CHECK(reader->find(some_job(2).id));
  CHECK(reader->counts().accepted == 2);
}

TEST_CASE("a disk that is full at the start may have room later", "[jobs][sqlite]") {
  const job_folder f;
  faulty_vfs vfs;
  vfs.disk_is_full = true;
  const auto store = f.store(vfs.name());
  CHECK_THROWS_AS(store->open_writer(), store_unavailable);
  vfs.disk_is_full = false;
  CHECK(store->open_writer());
}

TEST_CASE("what was committed is there after a crash, with its counts", "[jobs][sqlite]") {
  const job_folder f;
  const job_folder copy;
  const auto store = f.store();
  const auto writer = store->open_writer();
  for (std::uint8_t i = 1; i <= 10; ++i) accept_one(*writer, i);
  // As a crash leaves them: the file and its log, of a database that nobody has closed.
  fs::copy_file(f.file(), copy.file());
  fs::copy_file(f.file() + "-wal", copy.file() + "-wal");
  const auto after = copy.store()->open_reader();
  for (std::uint8_t i = 1; i <= 10; ++i) CHECK(after->find(some_job(i).id));
  CHECK(after->counts().accepted == 10);
  CHECK(after->counts().states[0] == 10);
}

TEST_CASE("the kept counts are those that one would count", "[jobs][sqlite]") {
  const job_folder f;
  {
    const auto store = f.store();
    const auto writer = store->open_writer();
    for (std::uint8_t i = 1; i <= 20; ++i) accept_one(*writer, i);
    struct claim asked;
    asked.vendor = "v";
    asked.most = 9;
    const write wanted{asked};
    const auto results = writer->apply({&wanted, 1});
    std::vector<write> ends;
    for (const auto& each : std::get<claim_result>(results[0]).jobs) {
      switch (ends.size() % 4) {
        case 0:
          ends.emplace_back(jobs_settle{each.id, 1, jobs_settle::complete{"1"}, {}});
          break;
        case 1:
          ends.emplace_back(jobs_settle{each.id, 1, jobs_settle::await{"r", seconds{1}}, {}});
          break;
        case 2:
          ends.emplace_back(jobs_settle{each.id, 1, jobs_settle::release{}, {}});
          break;
        default:
          ends.emplace_back(cancel{each.id});
      }
    }
    ends.emplace_back(cancel{some_job(20).id});
    writer->apply(ends);
  }
  auto raw = f.open();
  db::statement counted{raw, "SELECT state, count(*) FROM jobs GROUP BY state"};
  const auto counts = f.store()->open_reader()->counts();
  std::array<std::uint64_t, job_states> expected{};
  auto found = counted.query();
  while (found.next()) {
    expected.at(static_cast<std::size_t>(found.number(0))) =
        static_cast<std::uint64_t>(found.number(1));
  }
  CHECK(counts.states == expected);
  CHECK(counts.accepted == 20);
}

TEST_CASE("what a client wants to be told is written with what happened", "[jobs][sqlite]") {
  const job_folder f;
  const auto events =
      GENERATE(callback_events{true, true, true}, callback_events{false, false, true},
               callback_events{true, false, false});
  {
    const auto store = f.store();
    const auto writer = store->open_writer();
    struct accept asked;
    asked.jobs.push_back({some_job(1), {}});
    asked.jobs[0].job.callback = callback_wish{"https://example.com/x", events};
    asked.jobs[0].job.max_attempts = 9;
    asked.jobs.push_back({some_job(2), {}});
    asked.most_queued = 9;
    struct claim claiming;
    claiming.vendor = "v";
    claiming.most = 2;
    take_webhook progress;
    progress.vendor = "v";
    progress.id = some_job(1).id;
    progress.what = take_webhook::progress{"1"};
    const std::vector<write> batch{asked,
                                   claiming,
                                   jobs_settle{some_job(1).id, 1, jobs_settle::retry{}, {}},
                                   claiming,
                                   progress,
                                   jobs_settle{some_job(1).id, 2, jobs_settle::complete{"1"}, {}},
                                   jobs_settle{some_job(2).id, 1, jobs_settle::complete{"1"}, {}}};
    writer->apply(batch);
  }
  auto raw = f.open();
  std::string told;
  db::statement select{raw,
                       "SELECT type, url, round, next_try_at, delivered_at, tries, event "
                       "FROM callbacks ORDER BY seq"};
  auto found = select.query();
  std::int64_t last = 0;
  while (found.next()) {
    told.append(found.text(0)).append(" ");
    CHECK(found.text(1) == "https://example.com/x");
    CHECK(found.number(2) == 1);
    CHECK(found.number(3) == fixed_time.time_since_epoch().count());
    CHECK(found.is_null(4));
    CHECK(found.number(5) == 0);
    CHECK(found.number(6) > last);
    last = found.number(6);
  }
  CHECK(told == std::string{events.started ? "job.started " : ""} +
                    (events.progress ? "job.progress " : "") +
                    (events.finished ? "job.complete " : ""));
}

TEST_CASE("the file itself refuses what no job can be", "[jobs][sqlite]") {
  const job_folder f;
  accept_one(*f.store()->open_writer(), 1);
  auto raw = f.open();
  const auto* sql = GENERATE("UPDATE jobs SET state = 3", "UPDATE jobs SET ended_at = 1",
                             "UPDATE jobs SET state = 1", "UPDATE jobs SET lease_until = 1",
                             "UPDATE jobs SET state = 2", "UPDATE jobs SET state = 9",
                             "UPDATE jobs SET priority = 4", "UPDATE jobs SET id = x'00'",
                             "UPDATE jobs SET crashes = 1", "UPDATE jobs SET round = 0",
                             "INSERT INTO jobs SELECT 9, id, tenant, vendor, asynchronous, "
                             "priority, state, version, attempt, round, round_attempts, crashes, "
                             "max_attempts, created_at, updated_at, run_at, expires_at, ended_at, "
                             "cancel_requested, claimed_at, lease_until, holder, "
                             "callback_deadline, waits, reference, webhook_token, unique_key, "
                             "unique_until, processed_at, error_code, error_message, "
                             "callback_url, callback_events, callback_delivered, callback_tries, "
                             "progress, result, payload FROM jobs");
  INFO(sql);
  try {
    raw.run(sql);
    FAIL("it was written");
  } catch (const db::error& why) {
    INFO(why.what());
    CHECK(why.kind() == db::trouble::refused);
  }
}

}  // namespace tributary::tests
