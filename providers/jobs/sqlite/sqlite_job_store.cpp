// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/sqlite_job_store.hpp"

#include "providers/jobs/sqlite/reader.hpp"
#include "providers/jobs/sqlite/tables.hpp"
#include "providers/jobs/sqlite/writer.hpp"

#include <filesystem>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

namespace tributary::providers::jobs {

namespace {

namespace db = storage::sqlite;

[[noreturn]] void cannot_open(const db::error& why) {
  switch (why.kind()) {
    case db::trouble::cannot_open:
    case db::trouble::in_use:
    case db::trouble::not_a_database:
    case db::trouble::foreign:
    case db::trouble::newer_schema:
      throw store_unusable(why.what());
    default:
      throw store_unavailable(why.what());
  }
}

class sqlite_job_store final : public job_store {
 public:
  explicit sqlite_job_store(sqlite_job_settings settings) : settings_(std::move(settings)) {}

  std::string_view engine() const noexcept override { return "sqlite"; }
  bool is_shared() const noexcept override { return false; }

  std::unique_ptr<job_writer> open_writer() override {
    try {
      auto connection = open_up_to_date();
      return std::make_unique<sqlite::writer>(lock_, std::move(connection), settings_.clock);
    } catch (const db::error& why) {
      cannot_open(why);
    }
  }

  std::unique_ptr<job_reader> open_reader() override {
    try {
      const auto first = is_ready() ? nullptr : open_up_to_date();
      auto connection = open(true);
      return std::make_unique<sqlite::reader>(lock_, std::move(connection), settings_.clock);
    } catch (const db::error& why) {
      cannot_open(why);
    }
  }

 private:
  std::string path() const {
    return (std::filesystem::path{settings_.folder} / sqlite_job_file).string();
  }

  bool is_ready() {
    const std::lock_guard guard{mutex_};
    return ready_;
  }

  std::unique_ptr<db::connection> open(bool read_only) const {
    db::connection_options options;
    options.path = path();
    options.read_only = read_only;
    options.busy_timeout = settings_.busy_timeout;
    options.vfs = settings_.vfs;
    return std::make_unique<db::connection>(options);
  }

  std::unique_ptr<db::connection> open_up_to_date() {
    const std::lock_guard guard{mutex_};
    if (!lock_) {
      std::error_code error;
      std::filesystem::create_directories(settings_.folder, error);
      if (error) {
        throw db::error(db::trouble::cannot_open, 0,
                        settings_.folder + ": cannot be made: " + error.message());
      }
      lock_ = std::make_shared<db::file_lock>(path());
    }
    auto result = open(false);
    db::bring_up_to_date(*result, sqlite::job_tables(), sqlite::column_of(settings_.clock()));
    // After a sync that failed, the log may have pages that the system shows us and that are not on
    // the disk. What comes after them would be lost with them. So whatever the log has goes into
    // the file now, which is synced, and a new log begins.
    if (result->number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
      throw db::error(db::trouble::busy, 0, path() + ": is being read; cannot begin a new log");
    }
    ready_ = true;
    return result;
  }

  const sqlite_job_settings settings_;
  std::mutex mutex_;  ///< of what follows; `lock_` is set once, before `ready_`
  std::shared_ptr<db::file_lock> lock_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<job_store> make_sqlite_job_store(sqlite_job_settings settings) {
  return std::make_unique<sqlite_job_store>(std::move(settings));
}

}  // namespace tributary::providers::jobs
