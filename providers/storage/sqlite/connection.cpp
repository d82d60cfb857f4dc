// SPDX-License-Identifier: MIT
#include "providers/storage/sqlite/connection.hpp"

#include <sqlite3.h>

#include <cstring>

namespace tributary::providers::storage::sqlite {

namespace {

/// Undoing must not throw: it runs while something else is thrown. A transaction that SQLite has
/// ended by itself is undone already.
void undo(const connection& db, const char* sql) noexcept {
  if (db.in_transaction()) ::sqlite3_exec(db.handle(), sql, nullptr, nullptr, nullptr);
}

}  // namespace

trouble trouble_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:  // gave up a race for a lock
      return trouble::busy;
    case SQLITE_FULL:
      return trouble::full;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
      return trouble::io;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return trouble::cannot_open;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
      return trouble::not_a_database;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return trouble::refused;
    default:
      return trouble::other;
  }
}

// -- connection -----------------------------------------------------------------------------------

connection::connection(const connection_options& options) : path_(options.path) {
  const auto flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const auto code = ::sqlite3_open_v2(path_.c_str(), &handle_, flags,
                                      options.vfs.empty() ? nullptr : options.vfs.c_str());
  try {
    if (code != SQLITE_OK) fail("cannot be opened");
    // SQLite opens a file that cannot be written to read only, and says nothing.
    if (!options.read_only && ::sqlite3_db_readonly(handle_, "main") == 1) {
      throw error(trouble::cannot_open, SQLITE_READONLY, path_ + ": cannot be written");
    }
  } catch (...) {
    ::sqlite3_close_v2(handle_);
    throw;
  }
  ::sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
}

connection::~connection() { ::sqlite3_close_v2(handle_); }

void connection::run(const char* sql) {
  if (::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail("refused");
}

std::int64_t connection::number(const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  if (::sqlite3_prepare_v2(handle_, sql, -1, &prepared, nullptr) != SQLITE_OK) fail("refused");
  const auto code = ::sqlite3_step(prepared);
  const auto result = code == SQLITE_ROW ? ::sqlite3_column_int64(prepared, 0) : 0;
  ::sqlite3_finalize(prepared);
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail("refused");
  return result;
}

std::int64_t connection::changes() const noexcept { return ::sqlite3_changes64(handle_); }

std::int64_t connection::last_row() const noexcept { return ::sqlite3_last_insert_rowid(handle_); }

bool connection::in_transaction() const noexcept { return ::sqlite3_get_autocommit(handle_) == 0; }

void connection::leave_as_it_is() noexcept {
  ::sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void connection::fail(std::string_view what) const {
  const auto code = handle_ != nullptr ? ::sqlite3_extended_errcode(handle_) : SQLITE_NOMEM;
  const auto kind = trouble_of(code);
  std::string text = path_;
  text.append(": ").append(what).append(": ");
  text.append(handle_ != nullptr ? ::sqlite3_errmsg(handle_) : ::sqlite3_errstr(code));
  const auto system = handle_ != nullptr ? ::sqlite3_system_errno(handle_) : 0;
  if ((kind == trouble::cannot_open || kind == trouble::io) && system != 0) {
    text.append(" (").append(std::strerror(system)).append(")");
  }
  throw error(kind, code, text);
}

// -- transaction and savepoint --------------------------------------------------------------------

transaction::transaction(connection& db, kind what) : db_(db) {
  db_.run(what == kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

transaction::~transaction() {
  if (open_) undo(db_, "ROLLBACK");
}

void transaction::commit() {
  db_.run("COMMIT");
  open_ = false;
}

savepoint::savepoint(connection& db) : db_(db) { db_.run("SAVEPOINT part"); }

savepoint::~savepoint() {
  if (open_) undo(db_, "ROLLBACK TO part; RELEASE part");
}

void savepoint::keep() {
  db_.run("RELEASE part");
  open_ = false;
}

}  // namespace tributary::providers::storage::sqlite
