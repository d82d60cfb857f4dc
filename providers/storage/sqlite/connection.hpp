// SPDX-License-Identifier: MIT
#pragma once

#include "providers/storage/sqlite/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;

/// A thin layer over SQLite's C interface: what is opened is closed, what is begun is ended, and
/// what fails is thrown as an `error`. All of it blocks. A connection and what hangs on it is of
/// one thread at a time.
namespace tributary::providers::storage::sqlite {

/// How to open a file.
struct connection_options {
  std::string path;
  bool read_only = false;
  /// How long to wait for a lock that another connection holds; then `trouble::busy`.
  std::chrono::milliseconds busy_timeout{5000};
  std::string vfs;  ///< SQLite's way to files; empty: its default. Tests put faults there
};

/// One open database.
class connection {
 public:
  /// The file is made if it is not there, unless it is opened to read only.
  /// @throws error
  explicit connection(const connection_options& options);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  const std::string& path() const noexcept { return path_; }
  sqlite3* handle() const noexcept { return handle_; }

  /// Runs statements that have no parameters and whose rows nobody wants.
  /// @throws error
  void run(const char* sql);

  /// The first column of the first row; 0 when there is no row.
  /// @throws error
  std::int64_t number(const char* sql);

  /// Rows that the last statement has inserted, changed or deleted.
  std::int64_t changes() const noexcept;

  /// The row that was inserted last.
  std::int64_t last_row() const noexcept;

  /// Whether a transaction is open. SQLite ends one by itself after some errors.
  bool in_transaction() const noexcept;

  /// Closing writes nothing any more: what SQLite would move from the log into the file stays where
  /// it is. For files of other programs, and after a failed sync.
  void leave_as_it_is() noexcept;

  /// @param what was tried, in a few words
  [[noreturn]] void fail(std::string_view what) const;

 private:
  std::string path_;
  sqlite3* handle_ = nullptr;
};

/// A transaction that is rolled back unless it was committed.
class transaction {
 public:
  enum class kind : std::uint8_t {
    reading,  ///< all reads in it see one state
    /// Takes the right to write at once. One that reads first and then wants to write is refused
    /// without waiting when somebody else has written meanwhile.
    writing,
  };

  /// @throws error
  transaction(connection& db, kind what);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  /// When this returns, what was written is durable (with `synchronous=FULL`).
  /// @throws error whether it is durable is then not known
  void commit();

 private:
  connection& db_;
  bool open_ = true;
};

/// A part of a transaction that can fail alone: undone unless it was kept.
class savepoint {
 public:
  /// @throws error
  explicit savepoint(connection& db);
  ~savepoint();
  savepoint(const savepoint&) = delete;
  savepoint& operator=(const savepoint&) = delete;

  /// @throws error
  void keep();

 private:
  connection& db_;
  bool open_ = true;
};

}  // namespace tributary::providers::storage::sqlite
