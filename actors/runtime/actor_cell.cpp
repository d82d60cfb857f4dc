// SPDX-License-Identifier: MIT
#include "actors/runtime/actor_cell.hpp"

#include <algorithm>

namespace tributary::actors::runtime {

std::string actor_cell::last_error() const {
  const std::lock_guard lock{error_mutex_};
  return error_;
}

void actor_cell::set_last_error(std::string text) {
  const std::lock_guard lock{error_mutex_};
  error_ = std::move(text);
}

void actor_directory::add(std::shared_ptr<actor_cell> cell) {
  const std::lock_guard lock{mutex_};
  const auto* key = cell.get();
  cells_.emplace(key, std::move(cell));
}

void actor_directory::remove(const actor_cell& cell) {
  const std::lock_guard lock{mutex_};
  cells_.erase(&cell);
}

std::vector<std::shared_ptr<const actor_cell>> actor_directory::snapshot() const {
  std::vector<std::shared_ptr<const actor_cell>> result;
  {
    const std::lock_guard lock{mutex_};
    result.reserve(cells_.size());
    for (const auto& [key, cell] : cells_) result.push_back(cell);
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a->path < b->path; });
  return result;
}

std::size_t actor_directory::size() const {
  const std::lock_guard lock{mutex_};
  return cells_.size();
}

}  // namespace tributary::actors::runtime
