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
  cell->series = find_series(cell->path);
  const auto* key = cell.get();
  cells_.emplace(key, std::move(cell));
}

void actor_directory::remove(const actor_cell& cell) {
  const std::lock_guard lock{mutex_};
  cells_.erase(&cell);
}

void actor_directory::add_pool(std::string_view path) {
  const std::lock_guard lock{mutex_};
  pools_.insert(label_of(path));
}

std::shared_ptr<actor_series> actor_directory::series_of(std::string_view path) {
  const std::lock_guard lock{mutex_};
  return find_series(path);
}

std::vector<std::shared_ptr<const actor_series>> actor_directory::all_series() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<const actor_series>> result;
  result.reserve(series_.size());
  for (const auto& [label, series] : series_) result.push_back(series);
  return result;
}

/// The path with `*` for each member of a pool, also within members of another pool.
std::string actor_directory::label_of(std::string_view path) const {
  std::string result;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto step = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (step.empty()) continue;
    const auto pooled = pools_.contains(result.empty() ? std::string_view{"/"} : result);
    result.append("/").append(pooled ? std::string_view{"*"} : step);
  }
  return result.empty() ? "/" : result;
}

std::shared_ptr<actor_series> actor_directory::find_series(std::string_view path) {
  auto label = label_of(path);
  auto& result = series_[label];
  if (result == nullptr) result = std::make_shared<actor_series>(std::move(label));
  return result;
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
