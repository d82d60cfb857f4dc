// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tributary::providers::storage::sqlite {

/// Makes a database the property of one process, from the first moment to the last: an exclusive
/// `flock` on a file of its own beside it, `PATH.lock`, which stays there when it is given back.
///
/// Why not SQLite's `locking_mode=EXCLUSIVE`: it would shut out the readers of our own process.
/// Why not a lock on the database itself: closing any descriptor of a file gives up all POSIX locks
/// that the process has on it, and those are what SQLite keeps its order with. The system gives the
/// lock back when the process ends, however it ends.
class file_lock {
 public:
  /// Does not wait. Another holder in this process counts as one elsewhere.
  /// @throws error `in_use`, or `cannot_open` when the file cannot be made
  explicit file_lock(const std::string& path);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace tributary::providers::storage::sqlite
