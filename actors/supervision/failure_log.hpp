// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/commands.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace tributary::actors::supervision {

/// One failure of one child, kept for the inspector.
struct failure_record {
  std::chrono::system_clock::time_point time;
  std::string path;
  unsigned incarnation = 0;
  exit_class how = exit_class::abnormal;
  std::string cause;            ///< error as text
  std::uint64_t processed = 0;  ///< messages that the incarnation had handled
  std::uint64_t depth = 0;      ///< messages that waited, or arrived until it was noticed
  milliseconds lifetime{0};     ///< from ready to the failure; 0: failed to start
  directive decision = directive::restart;
  milliseconds delay{0};  ///< until the restart
};

/// The last records, oldest first. Bounded: a new one replaces the oldest. Any thread.
template <std::size_t Capacity>
class failure_ring {
 public:
  void add(failure_record record) {
    const std::lock_guard lock{mutex_};
    if (records_.size() < Capacity) {
      records_.push_back(std::move(record));
    } else {
      records_[total_ % Capacity] = std::move(record);
    }
    ++total_;
  }

  std::vector<failure_record> snapshot() const {
    const std::lock_guard lock{mutex_};
    std::vector<failure_record> result;
    result.reserve(records_.size());
    const auto first = total_ < Capacity ? 0 : total_ % Capacity;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      result.push_back(records_[(first + i) % records_.size()]);
    }
    return result;
  }

  /// Records ever added.
  std::uint64_t total() const {
    const std::lock_guard lock{mutex_};
    return total_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<failure_record> records_;
  std::uint64_t total_ = 0;
};

using child_failures = failure_ring<32>;
using node_failures = failure_ring<512>;

}  // namespace tributary::actors::supervision
