// SPDX-License-Identifier: MIT
#pragma once

#include "providers/storage/sqlite/connection.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace tributary::providers::storage::sqlite {

/// The tables of one program, as the steps that have made them.
struct schema {
  std::int32_t application_id = 0;  ///< stands in the header of the file; not 0
  std::string_view table;           ///< where each step leaves a row: `schema_version`
  /// Step n brings a database from version n to n + 1. What is released is never edited.
  std::span<const std::string_view> steps;
};

/// Makes an open database one that can be written to: with our tables in their newest form, a
/// write-ahead log, and each commit synced. Steps forward only, each in a transaction.
///
/// A file that is not ours is not written to, nor its journal mode changed.
/// @param now milliseconds since 1970, for the rows that steps leave
/// @throws error among others `not_a_database`, `foreign`, `newer_schema`
void bring_up_to_date(connection& db, const schema& wanted, std::int64_t now);

}  // namespace tributary::providers::storage::sqlite
