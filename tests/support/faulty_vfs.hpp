// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <string>

namespace tributary::tests {

/// A way to files for SQLite that fails when it is told to; else it is the system's. Its databases
/// must be closed before it goes.
class faulty_vfs {
 public:
  faulty_vfs();
  ~faulty_vfs();
  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;

  /// To be given where a database is opened.
  const std::string& name() const noexcept { return name_; }

  std::atomic<bool> disk_is_full{false};  ///< no write that makes a file longer succeeds
  std::atomic<bool> syncs_fail{false};
  std::atomic<int> syncs{0};  ///< that were asked for

 private:
  struct registration;

  std::string name_;
  std::unique_ptr<registration> registration_;
};

}  // namespace tributary::tests
