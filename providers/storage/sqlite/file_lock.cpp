// SPDX-License-Identifier: MIT
#include "providers/storage/sqlite/file_lock.hpp"

#include "providers/storage/sqlite/error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace tributary::providers::storage::sqlite {

file_lock::file_lock(const std::string& path) {
  const auto name = path + ".lock";
  descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw error(trouble::cannot_open, 0, name + ": cannot be written: " + std::strerror(errno));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const auto why = errno;
  ::close(descriptor_);
  if (why == EWOULDBLOCK) throw error(trouble::in_use, 0, path + ": in use by another process");
  throw error(trouble::io, 0, name + ": cannot be locked: " + std::strerror(why));
}

file_lock::~file_lock() { ::close(descriptor_); }

}  // namespace tributary::providers::storage::sqlite
