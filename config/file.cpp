// SPDX-License-Identifier: MIT
#include "config/file.hpp"

#include <cstdio>
#include <memory>

namespace tributary::config {

std::optional<std::string> read_file(const std::string& path, std::size_t limit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                             &std::fclose};
  if (!file) return std::nullopt;
  std::string result;
  char chunk[16 * 1024];
  while (const auto got = std::fread(chunk, 1, sizeof chunk, file.get())) {
    result.append(chunk, got);
    if (result.size() > limit) return std::nullopt;
  }
  if (std::ferror(file.get()) != 0) return std::nullopt;
  return result;
}

}  // namespace tributary::config
