// SPDX-License-Identifier: MIT
#include "providers/storage/sqlite/file_lock.hpp"
#include "providers/storage/sqlite/schema.hpp"
#include "providers/storage/sqlite/statement.hpp"
#include "support/memory_folder.hpp"

#include <sqlite3.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace tributary::tests {

namespace {

using namespace providers::storage::sqlite;
namespace fs = std::filesystem;

/// A folder that goes with the test, with the path of a database in it.
struct database_folder {
  connection_options options() const {
    connection_options result;
    result.path = (path / "test.db").string();
    result.busy_timeout = std::chrono::milliseconds{0};
    return result;
  }

  memory_folder folder;
  const fs::path path = folder.path();
};

trouble trouble_with(const std::function<void()>& what) {
  try {
    what();
  } catch (const error& why) {
    INFO(why.what());
    return why.kind();
  }
  FAIL("nothing was thrown");
  return trouble::other;
}

constexpr std::array<std::string_view, 1> first_steps{
    "CREATE TABLE a (x); INSERT INTO a VALUES (1)"};
constexpr std::array<std::string_view, 2> second_steps{first_steps[0],
                                                       "ALTER TABLE a ADD COLUMN y DEFAULT 7"};
constexpr std::array<std::string_view, 3> broken_steps{
    first_steps[0], second_steps[1], "CREATE TABLE b (x); INSERT INTO nothing VALUES (1)"};

schema schema_of(std::span<const std::string_view> steps) { return {42, "versions", steps}; }

}  // namespace

TEST_CASE("values come back from a database as they were given", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a, b, c, d, e)");
  statement insert{db, "INSERT INTO t VALUES (?, ?, ?, ?, ?)"};
  statement select{db, "SELECT * FROM t ORDER BY a"};
  const std::string with_null{"x\0y", 3};
  const std::array<std::uint8_t, 3> blob{0, 255, 7};
  insert.run(1, with_null, bytes{blob}, true, std::optional<std::int64_t>{});
  insert.run(2, "", bytes{}, std::int64_t{-1} << 62, std::optional<std::string>{"z"});
  auto found = select.query();
  REQUIRE(found.next());
  CHECK(found.number(0) == 1);
  CHECK(found.text(1) == with_null);
  CHECK(std::vector<std::uint8_t>(found.blob(2).begin(), found.blob(2).end()) ==
        std::vector<std::uint8_t>{0, 255, 7});
  CHECK(found.number(3) == 1);
  CHECK(found.is_null(4));
  CHECK(found.text(4).empty());
  REQUIRE(found.next());
  CHECK_FALSE(found.is_null(1));
  CHECK(found.text(1).empty());
  CHECK_FALSE(found.is_null(2));
  CHECK(found.blob(2).empty());
  CHECK(found.number(3) == std::int64_t{-1} << 62);
  CHECK(found.text(4) == "z");
  CHECK_FALSE(found.next());
}

TEST_CASE("a statement can be run again after its rows have ended, read or not", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)");
  statement select{db, "SELECT a FROM t WHERE a >= ? ORDER BY a"};
  for (int i = 1; i <= 3; ++i) {
    auto found = select.query(i);
    REQUIRE(found.next());
    CHECK(found.number(0) == i);
  }
  CHECK(db.number("SELECT max(a) FROM t") == 3);
  CHECK(db.number("SELECT a FROM t WHERE a > 9") == 0);
  CHECK_THROWS_AS(select.query(), std::logic_error);
  CHECK_THROWS_AS(select.query(1, 2), std::logic_error);
}

TEST_CASE("texts that are given to a query need not outlive the call", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  statement select{db, "SELECT ?1 FROM (VALUES (1), (2))"};
  auto found = select.query(std::string(100, 'x'));
  while (found.next()) CHECK(found.text(0) == std::string(100, 'x'));
}

TEST_CASE("a statement that is refused harms nothing and can be run again", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a UNIQUE)");
  statement insert{db, "INSERT INTO t VALUES (?)"};
  insert.run(1);
  CHECK(trouble_with([&] { insert.run(1); }) == trouble::refused);
  insert.run(2);
  CHECK(db.changes() == 1);
  CHECK(db.last_row() == 2);
  CHECK(trouble_with([&] { statement{db, "SELECT * FROM nothing"}; }) == trouble::other);
  CHECK(trouble_with([&] { db.run("INSERT INTO t VALUES (2)"); }) == trouble::refused);
  CHECK(trouble_with([&] { db.number("nonsense"); }) == trouble::other);
}

TEST_CASE("the text of an error names the file and no value", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a UNIQUE)");
  statement insert{db, "INSERT INTO t VALUES (?)"};
  insert.run("secret");
  try {
    insert.run("secret");
    FAIL("nothing was thrown");
  } catch (const error& why) {
    const std::string text = why.what();
    CHECK(text.starts_with(f.options().path + ": "));
    CHECK(text.find("secret") == text.npos);
    CHECK(why.code() == SQLITE_CONSTRAINT_UNIQUE);
  }
}

TEST_CASE("a transaction that is not committed leaves nothing", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a)");
  {
    transaction whole{db, transaction::kind::writing};
    db.run("INSERT INTO t VALUES (1)");
    CHECK(db.in_transaction());
  }
  CHECK_FALSE(db.in_transaction());
  CHECK(db.number("SELECT count(*) FROM t") == 0);
  {
    transaction whole{db, transaction::kind::writing};
    db.run("INSERT INTO t VALUES (1)");
    whole.commit();
  }
  CHECK(db.number("SELECT count(*) FROM t") == 1);
}

TEST_CASE("a part of a transaction can be undone alone", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  db.run("CREATE TABLE t (a)");
  transaction whole{db, transaction::kind::writing};
  db.run("INSERT INTO t VALUES (1)");
  {
    savepoint part{db};
    db.run("INSERT INTO t VALUES (2)");
  }
  {
    savepoint part{db};
    db.run("INSERT INTO t VALUES (4)");
    part.keep();
  }
  whole.commit();
  CHECK(db.number("SELECT sum(a) FROM t") == 5);
}

TEST_CASE("a transaction that writes keeps other writers out from its beginning", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  bring_up_to_date(db, schema_of(first_steps), 0);
  connection other{f.options()};
  const transaction whole{db, transaction::kind::writing};
  CHECK(trouble_with([&] { transaction{other, transaction::kind::writing}; }) == trouble::busy);
  const transaction reads{other, transaction::kind::reading};
  CHECK(other.number("SELECT x FROM a") == 1);
}

TEST_CASE("a connection waits for a lock as long as it was told to", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  bring_up_to_date(db, schema_of(first_steps), 0);
  auto patient = f.options();
  patient.busy_timeout = std::chrono::seconds{60};
  connection other{patient};
  auto whole = std::make_unique<transaction>(db, transaction::kind::writing);
  std::thread waits{[&] {
    transaction mine{other, transaction::kind::writing};
    other.run("INSERT INTO a VALUES (2)");
    mine.commit();
  }};
  whole.reset();
  waits.join();
  CHECK(db.number("SELECT count(*) FROM a") == 2);
}

TEST_CASE("what reads only cannot write, and makes no file", "[sqlite]") {
  const database_folder f;
  auto options = f.options();
  options.read_only = true;
  CHECK(trouble_with([&] { connection{options}; }) == trouble::cannot_open);
  CHECK_FALSE(fs::exists(options.path));
  connection{f.options()}.run("CREATE TABLE t (a)");
  connection reads{options};
  CHECK(trouble_with([&] { reads.run("INSERT INTO t VALUES (1)"); }) == trouble::cannot_open);
}

TEST_CASE("codes of SQLite are troubles of a kind", "[sqlite]") {
  CHECK(trouble_of(SQLITE_BUSY_SNAPSHOT) == trouble::busy);
  CHECK(trouble_of(SQLITE_FULL) == trouble::full);
  CHECK(trouble_of(SQLITE_IOERR_FSYNC) == trouble::io);
  CHECK(trouble_of(SQLITE_CANTOPEN_ISDIR) == trouble::cannot_open);
  CHECK(trouble_of(SQLITE_READONLY_DIRECTORY) == trouble::cannot_open);
  CHECK(trouble_of(SQLITE_NOTADB) == trouble::not_a_database);
  CHECK(trouble_of(SQLITE_CORRUPT_INDEX) == trouble::not_a_database);
  CHECK(trouble_of(SQLITE_CONSTRAINT_CHECK) == trouble::refused);
  CHECK(trouble_of(SQLITE_TOOBIG) == trouble::refused);
  CHECK(trouble_of(SQLITE_MISUSE) == trouble::other);
}

// -- schema ---------------------------------------------------------------------------------------

TEST_CASE("an empty database is brought up step by step, and later by what is missing",
          "[sqlite]") {
  const database_folder f;
  {
    connection db{f.options()};
    bring_up_to_date(db, schema_of(first_steps), 10);
    CHECK(db.number("PRAGMA user_version") == 1);
    bring_up_to_date(db, schema_of(first_steps), 11);
  }
  connection db{f.options()};
  bring_up_to_date(db, schema_of(second_steps), 20);
  CHECK(db.number("PRAGMA user_version") == 2);
  CHECK(db.number("PRAGMA application_id") == 42);
  CHECK(db.number("SELECT y FROM a") == 7);
  CHECK(db.number("SELECT count(*) FROM versions") == 2);
  CHECK(db.number("SELECT applied_at FROM versions WHERE version = 1") == 10);
  CHECK(db.number("SELECT applied_at FROM versions WHERE version = 2") == 20);
  CHECK(db.number("PRAGMA synchronous") == 2);
}

TEST_CASE("a step that fails leaves the version before it", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  CHECK_THROWS_AS(bring_up_to_date(db, schema_of(broken_steps), 0), error);
  CHECK(db.number("PRAGMA user_version") == 2);
  CHECK(db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
  CHECK(db.number("SELECT count(*) FROM versions") == 2);
  bring_up_to_date(db, schema_of(second_steps), 0);
}

TEST_CASE("a newer schema and another program's database are refused", "[sqlite]") {
  const database_folder f;
  connection db{f.options()};
  bring_up_to_date(db, schema_of(second_steps), 0);
  CHECK(trouble_with([&] { bring_up_to_date(db, schema_of(first_steps), 0); }) ==
        trouble::newer_schema);
  auto other = schema_of(second_steps);
  other.application_id = 43;
  CHECK(trouble_with([&] { bring_up_to_date(db, other, 0); }) == trouble::foreign);
  CHECK(db.number("PRAGMA user_version") == 2);
}

TEST_CASE("several that share a file bring it up to date once", "[sqlite]") {
  const database_folder f;
  auto options = f.options();
  options.busy_timeout = std::chrono::seconds{60};
  std::array<std::string, 4> troubles;
  std::vector<std::thread> all;
  for (auto& trouble : troubles) {
    all.emplace_back([&] {
      try {
        connection db{options};
        bring_up_to_date(db, schema_of(second_steps), 0);
      } catch (const error& why) {
        trouble = why.what();
      }
    });
  }
  for (auto& each : all) each.join();
  for (const auto& trouble : troubles) CHECK(trouble == "");
  connection db{options};
  CHECK(db.number("SELECT count(*) FROM versions") == 2);
  CHECK(db.number("SELECT count(*) FROM a") == 1);
}

// -- lock -----------------------------------------------------------------------------------------

TEST_CASE("a lock on a file has one holder at a time", "[sqlite]") {
  const database_folder f;
  const auto path = f.options().path;
  {
    const file_lock first{path};
    CHECK(trouble_with([&] { file_lock{path}; }) == trouble::in_use);
    const file_lock other{path + "2"};
  }
  const file_lock again{path};
  CHECK(trouble_with([&] { file_lock{(f.path / "no" / "where").string()}; }) ==
        trouble::cannot_open);
}

}  // namespace tributary::tests
