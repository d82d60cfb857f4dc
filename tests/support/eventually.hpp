// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <thread>

namespace tributary::tests {

/// Waits until `holds()`; false after `limit`. For effects of other threads and processes that
/// announce themselves by no event.
template <class Predicate>
bool eventually(Predicate holds,
                std::chrono::steady_clock::duration limit = std::chrono::seconds{10}) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace tributary::tests
