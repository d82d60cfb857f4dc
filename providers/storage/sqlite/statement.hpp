// SPDX-License-Identifier: MIT
#pragma once

#include "providers/storage/sqlite/connection.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace tributary::providers::storage::sqlite {

using bytes = std::span<const std::uint8_t>;

/// The rows of a statement that runs. When this ends, the statement can be run again.
class rows {
 public:
  rows(connection& db, sqlite3_stmt* running) noexcept : db_(db), running_(running) {}
  ~rows();
  rows(const rows&) = delete;
  rows& operator=(const rows&) = delete;

  /// Moves to the next row, at first to the first one; false when there are no more.
  /// @throws error
  bool next();

  bool is_null(int column) const noexcept;
  std::int64_t number(int column) const noexcept;  ///< 0 for NULL

  /// As they lie in SQLite, until the next row; empty for NULL.
  std::string_view text(int column) const noexcept;
  bytes blob(int column) const noexcept;

 private:
  connection& db_;
  sqlite3_stmt* running_;
};

/// A statement that is prepared once and run often. It must end before its connection does.
class statement {
 public:
  /// @param sql one statement
  /// @throws error
  statement(connection& db, std::string_view sql);
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Runs it to its end: for what has no rows.
  /// @param values of its parameters in order: integers, `bool`, texts, `bytes`, or optional ones
  /// @throws error
  template <class... Values>
  void run(const Values&... values) {
    bind_all(true, values...);
    rows all{db_, prepared_};
    while (all.next()) {
    }
  }

  /// Runs it row by row; what it changes is changed when the first row is there.
  /// @throws error
  template <class... Values>
  rows query(const Values&... values) {
    bind_all(false, values...);
    return rows{db_, prepared_};
  }

 private:
  /// @param lent texts and bytes live until the run has ended, so they need not be copied
  template <class... Values>
  void bind_all([[maybe_unused]] bool lent, const Values&... values) {
    expect(sizeof...(Values));
    int index = 0;
    (bind(++index, lent, values), ...);
  }

  template <class Value>
  void bind(int index, bool lent, const std::optional<Value>& value) {
    if (value) {
      bind(index, lent, *value);
    } else {
      bind_null(index);
    }
  }
  template <std::integral Value>
  void bind(int index, bool, Value value) {
    bind_number(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, bool lent, std::string_view value) { bind_text(index, lent, value); }
  void bind(int index, bool lent, bytes value) { bind_blob(index, lent, value); }

  void expect(std::size_t values) const;
  void bind_null(int index);
  void bind_number(int index, std::int64_t value);
  void bind_text(int index, bool lent, std::string_view value);
  void bind_blob(int index, bool lent, bytes value);
  void check(int code) const;

  connection& db_;
  sqlite3_stmt* prepared_ = nullptr;
};

}  // namespace tributary::providers::storage::sqlite
