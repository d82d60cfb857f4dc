// SPDX-License-Identifier: MIT
#include "actors/supervision/node_records.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::supervision {

void node_records::add(const slot_ptr& place) {
  const std::lock_guard lock{mutex_};
  // The children of a pool come and go: forget the gone ones whenever the list has doubled.
  if (places_.size() >= prune_at_) {
    std::erase_if(places_, [](const auto& weak) { return weak.expired(); });
    prune_at_ = std::max<std::size_t>(64, 2 * places_.size());
  }
  places_.insert(place);
}

std::vector<std::shared_ptr<const slot>> node_records::snapshot() const {
  std::vector<std::pair<std::string, std::shared_ptr<const slot>>> found;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& weak : places_) {
      if (auto place = weak.lock()) found.emplace_back(std::string{}, std::move(place));
    }
  }
  for (auto& [path, place] : found) path = place->path();
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::shared_ptr<const slot>> result;
  result.reserve(found.size());
  for (auto& [path, place] : found) result.push_back(std::move(place));
  return result;
}

}  // namespace tributary::actors::supervision
