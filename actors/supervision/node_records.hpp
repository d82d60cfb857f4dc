// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace tributary::actors::supervision {

/// What all supervisors of a node write down, for metrics and the inspector. Readable from any
/// thread at any time, without a message.
class node_records {
 public:
  /// The last 512 failures of the node.
  node_failures failures;
  std::atomic<std::uint64_t> restarts{0};     ///< incarnations started after the first
  std::atomic<std::uint64_t> escalations{0};  ///< supervisors that gave up
  std::atomic<std::uint64_t> zombies{0};      ///< incarnations ever abandoned

  /// Adds the place of a child. It leaves with its last owner.
  void add(const slot_ptr& place);

  /// The places of all children, ordered by path.
  std::vector<std::shared_ptr<const slot>> snapshot() const;

 private:
  mutable std::mutex mutex_;
  /// A supervisor that is restarted adds its children's places again: each counts once.
  std::set<std::weak_ptr<slot>, std::owner_less<>> places_;
  std::size_t prune_at_ = 64;
};

}  // namespace tributary::actors::supervision
