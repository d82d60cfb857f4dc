// SPDX-License-Identifier: MIT
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace tributary::tests {

/// A folder that goes with the test, in memory where the system has such a place: what is synced a
/// thousand times in a test need not wait for a disk.
class memory_folder {
 public:
  memory_folder() {
    std::error_code ignored;
    const std::filesystem::path memory{"/dev/shm"};
    const auto root = std::filesystem::is_directory(memory, ignored)
                          ? memory
                          : std::filesystem::temp_directory_path();
    auto name = (root / "tributary-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~memory_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  memory_folder(const memory_folder&) = delete;
  memory_folder& operator=(const memory_folder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tributary::tests
