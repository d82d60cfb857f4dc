// SPDX-License-Identifier: MIT
#include "providers/storage/sqlite/schema.hpp"

#include "providers/storage/sqlite/statement.hpp"

#include <string>

namespace tributary::providers::storage::sqlite {

namespace {

/// @returns the version that the file has, 0 for an empty one
std::int64_t version_of_ours(connection& db, const schema& wanted) {
  // Of one moment: another process may be making the tables.
  const transaction one_state{db, transaction::kind::reading};
  const auto application = db.number("PRAGMA application_id");
  const auto version = db.number("PRAGMA user_version");
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  if (application == 0 && version == 0 && tables == 0) return 0;
  if (application != wanted.application_id) {
    throw error(trouble::foreign, 0, db.path() + ": is a database of another program");
  }
  const auto known = static_cast<std::int64_t>(wanted.steps.size());
  if (version > known) {
    throw error(trouble::newer_schema, 0,
                db.path() + ": has schema version " + std::to_string(version) +
                    ", and this program knows none above " + std::to_string(known));
  }
  return version;
}

void take_step(connection& db, const schema& wanted, std::size_t from, std::int64_t now) {
  transaction whole{db, transaction::kind::writing};
  // Another process that shares the file may have taken this step meanwhile.
  if (db.number("PRAGMA user_version") != static_cast<std::int64_t>(from)) return;
  if (from == 0) {
    db.run(("PRAGMA application_id = " + std::to_string(wanted.application_id)).c_str());
    db.run(("CREATE TABLE " + std::string{wanted.table} +
            " (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT")
               .c_str());
  }
  db.run(std::string{wanted.steps[from]}.c_str());
  const auto version = std::to_string(from + 1);
  db.run(("PRAGMA user_version = " + version).c_str());
  db.run(("INSERT INTO " + std::string{wanted.table} + " VALUES (" + version + ", " +
          std::to_string(now) + ")")
             .c_str());
  whole.commit();
}

}  // namespace

void bring_up_to_date(connection& db, const schema& wanted, std::int64_t now) {
  std::int64_t version = 0;
  try {
    version = version_of_ours(db, wanted);
  } catch (...) {
    db.leave_as_it_is();
    throw;
  }
  // The first change, made by whoever is the first to find an empty file, is one transaction of the
  // old kind: a file with another journal mode and without our mark would not be known as ours.
  for (auto step = static_cast<std::size_t>(version); step < wanted.steps.size(); ++step) {
    take_step(db, wanted, step, now);
  }
  {
    statement mode{db, "PRAGMA journal_mode = WAL"};
    auto found = mode.query();
    if (!found.next() || found.text(0) != "wal") {
      throw error(trouble::cannot_open, 0,
                  db.path() + ": no write-ahead log is possible there, as on network file systems");
    }
  }
  db.run("PRAGMA synchronous = FULL");
}

}  // namespace tributary::providers::storage::sqlite
