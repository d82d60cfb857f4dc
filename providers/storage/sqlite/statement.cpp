// SPDX-License-Identifier: MIT
#include "providers/storage/sqlite/statement.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace tributary::providers::storage::sqlite {

// -- rows -----------------------------------------------------------------------------------------

rows::~rows() {
  ::sqlite3_reset(running_);
  ::sqlite3_clear_bindings(running_);
}

bool rows::next() {
  const auto code = ::sqlite3_step(running_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) db_.fail("refused");
  return false;
}

bool rows::is_null(int column) const noexcept {
  return ::sqlite3_column_type(running_, column) == SQLITE_NULL;
}

std::int64_t rows::number(int column) const noexcept {
  return ::sqlite3_column_int64(running_, column);
}

std::string_view rows::text(int column) const noexcept {
  const auto* text = ::sqlite3_column_text(running_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(::sqlite3_column_bytes(running_, column))};
}

bytes rows::blob(int column) const noexcept {
  const auto* data = ::sqlite3_column_blob(running_, column);
  if (data == nullptr) return {};
  return {static_cast<const std::uint8_t*>(data),
          static_cast<std::size_t>(::sqlite3_column_bytes(running_, column))};
}

// -- statement ------------------------------------------------------------------------------------

statement::statement(connection& db, std::string_view sql) : db_(db) {
  check(::sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &prepared_, nullptr));
}

statement::~statement() { ::sqlite3_finalize(prepared_); }

void statement::expect(std::size_t values) const {
  if (values != static_cast<std::size_t>(::sqlite3_bind_parameter_count(prepared_))) {
    throw std::logic_error(std::string{"not as many values as parameters: "} +
                           ::sqlite3_sql(prepared_));
  }
}

void statement::bind_null(int index) { check(::sqlite3_bind_null(prepared_, index)); }

void statement::bind_number(int index, std::int64_t value) {
  check(::sqlite3_bind_int64(prepared_, index, value));
}

void statement::bind_text(int index, bool lent, std::string_view value) {
  // A null pointer would be bound as NULL.
  check(::sqlite3_bind_text64(prepared_, index, value.empty() ? "" : value.data(), value.size(),
                              lent ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement::bind_blob(int index, bool lent, bytes value) {
  check(::sqlite3_bind_blob64(prepared_, index,
                              value.empty() ? "" : static_cast<const void*>(value.data()),
                              value.size(), lent ? SQLITE_STATIC : SQLITE_TRANSIENT));
}

void statement::check(int code) const {
  if (code != SQLITE_OK) db_.fail("refused");
}

}  // namespace tributary::providers::storage::sqlite
