// SPDX-License-Identifier: MIT
#include "support/faulty_vfs.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include <new>

namespace tributary::tests {

namespace {

/// What SQLite gives us room for; the system's own file lies behind it.
struct faulty_file {
  sqlite3_file base;
  faulty_vfs* owner;

  sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods* methods() noexcept { return real()->pMethods; }
};

faulty_file* as_faulty(sqlite3_file* file) noexcept { return reinterpret_cast<faulty_file*>(file); }

int close_file(sqlite3_file* file) {
  return as_faulty(file)->methods()->xClose(as_faulty(file)->real());
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 from) {
  return as_faulty(file)->methods()->xRead(as_faulty(file)->real(), to, size, from);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 to) {
  auto* faulty = as_faulty(file);
  if (faulty->owner->disk_is_full) {
    sqlite3_int64 end = 0;
    faulty->methods()->xFileSize(faulty->real(), &end);
    if (to + size > end) return SQLITE_FULL;
  }
  return faulty->methods()->xWrite(faulty->real(), from, size, to);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return as_faulty(file)->methods()->xTruncate(as_faulty(file)->real(), size);
}
int sync_file(sqlite3_file* file, int flags) {
  auto* faulty = as_faulty(file);
  ++faulty->owner->syncs;
  if (faulty->owner->syncs_fail) return SQLITE_IOERR_FSYNC;
  return faulty->methods()->xSync(faulty->real(), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return as_faulty(file)->methods()->xFileSize(as_faulty(file)->real(), size);
}
int lock_file(sqlite3_file* file, int how) {
  return as_faulty(file)->methods()->xLock(as_faulty(file)->real(), how);
}
int unlock_file(sqlite3_file* file, int how) {
  return as_faulty(file)->methods()->xUnlock(as_faulty(file)->real(), how);
}
int is_reserved(sqlite3_file* file, int* result) {
  return as_faulty(file)->methods()->xCheckReservedLock(as_faulty(file)->real(), result);
}
int control_file(sqlite3_file* file, int what, void* value) {
  return as_faulty(file)->methods()->xFileControl(as_faulty(file)->real(), what, value);
}
int sector_size(sqlite3_file* file) {
  return as_faulty(file)->methods()->xSectorSize(as_faulty(file)->real());
}
int characteristics(sqlite3_file* file) {
  return as_faulty(file)->methods()->xDeviceCharacteristics(as_faulty(file)->real());
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** result) {
  return as_faulty(file)->methods()->xShmMap(as_faulty(file)->real(), page, size, extend, result);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return as_faulty(file)->methods()->xShmLock(as_faulty(file)->real(), offset, count, flags);
}
void barrier(sqlite3_file* file) {
  as_faulty(file)->methods()->xShmBarrier(as_faulty(file)->real());
}
int unmap_shared(sqlite3_file* file, int remove) {
  return as_faulty(file)->methods()->xShmUnmap(as_faulty(file)->real(), remove);
}

constexpr sqlite3_io_methods faulty_methods{2,
                                            close_file,
                                            read_file,
                                            write_file,
                                            truncate_file,
                                            sync_file,
                                            size_of_file,
                                            lock_file,
                                            unlock_file,
                                            is_reserved,
                                            control_file,
                                            sector_size,
                                            characteristics,
                                            map_shared,
                                            lock_shared,
                                            barrier,
                                            unmap_shared,
                                            nullptr,
                                            nullptr};

}  // namespace

struct faulty_vfs::registration {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  faulty_vfs* owner = nullptr;

  static int open(sqlite3_vfs* self, sqlite3_filename path, sqlite3_file* file, int flags,
                  int* opened) {
    const auto& own = *static_cast<registration*>(self->pAppData);
    auto* faulty = as_faulty(file);
    faulty->owner = own.owner;
    const auto code = own.real->xOpen(own.real, path, faulty->real(), flags, opened);
    // Without methods it is not closed.
    faulty->base.pMethods = faulty->real()->pMethods != nullptr ? &faulty_methods : nullptr;
    return code;
  }
};

faulty_vfs::faulty_vfs()
    : name_("faulty-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))),
      registration_(std::make_unique<registration>()) {
  auto* real = ::sqlite3_vfs_find(nullptr);
  REQUIRE(real != nullptr);
  registration_->real = real;
  registration_->owner = this;
  // All but files as such is the system's, and its functions use its own `pAppData`: Linux's need
  // only that it be there.
  registration_->vfs = *real;
  registration_->vfs.szOsFile = static_cast<int>(sizeof(faulty_file)) + real->szOsFile;
  registration_->vfs.zName = name_.c_str();
  registration_->vfs.pNext = nullptr;
  registration_->vfs.pAppData = registration_.get();
  registration_->vfs.xOpen = &registration::open;
  REQUIRE(::sqlite3_vfs_register(&registration_->vfs, 0) == SQLITE_OK);
}

faulty_vfs::~faulty_vfs() { ::sqlite3_vfs_unregister(&registration_->vfs); }

}  // namespace tributary::tests
