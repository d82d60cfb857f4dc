// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace tributary::providers::jobs {

/// The file in the folder of data.
inline constexpr const char* sqlite_job_file = "jobs.db";

struct sqlite_job_settings {
  std::string folder;  ///< made if it is not there
  /// What the time is, of any thread.
  std::function<instant()> clock;
  /// How long to wait for somebody else who has the file locked, such as an administrator's shell.
  milliseconds busy_timeout{5000};
  std::string vfs;  ///< SQLite's way to files; empty: its default. Tests put faults there
};

/// Jobs in `FOLDER/jobs.db`. Nothing is opened before the first writer or reader is; from then on
/// the file is this process's, until the store and all that it has opened are gone.
///
/// There may be one writer at a time.
std::unique_ptr<job_store> make_sqlite_job_store(sqlite_job_settings settings);

}  // namespace tributary::providers::jobs
