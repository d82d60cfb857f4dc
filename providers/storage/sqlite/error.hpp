// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tributary::providers::storage::sqlite {

/// What kind of trouble an engine's code is, for those who have to decide.
enum class trouble : std::uint8_t {
  busy,            ///< another connection holds a lock for longer than we wait
  full,            ///< the disk, or the quota of it
  io,              ///< reading, writing or syncing failed
  cannot_open,     ///< not there, no right to it, no folder, or it cannot be written
  in_use,          ///< another process owns it
  not_a_database,  ///< its bytes are something else, or damaged
  foreign,         ///< the database of another program
  newer_schema,    ///< written by a newer version of this program
  refused,         ///< this statement alone: a constraint, or a value that is too big
  other,           ///< a bug of ours
};

/// Something that SQLite, or the system below it, has refused. The text is one line that begins
/// with the path of the file; it never has a bound value in it.
class error : public std::runtime_error {
 public:
  error(trouble kind, int code, const std::string& text)
      : std::runtime_error(text), kind_(kind), code_(code) {}

  trouble kind() const noexcept { return kind_; }

  /// SQLite's extended result code; 0 where SQLite was not asked.
  int code() const noexcept { return code_; }

 private:
  trouble kind_;
  int code_;
};

/// @param code SQLite's, extended or not
trouble trouble_of(int code) noexcept;

}  // namespace tributary::providers::storage::sqlite
