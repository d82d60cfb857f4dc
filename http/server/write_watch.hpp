// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tributary::http::server {

/// Decides whether a client takes its answers fast enough, on average over each `write_timeout` in
/// which its socket was full. Pure: knows neither socket nor clock.
class write_watch {
 public:
  /// The socket has begun to be full. @param taken bytes that the client has taken so far
  void begin(std::uint64_t taken) noexcept { base_ = taken; }

  /// After `time` with a full socket: true when at least `least_rate` bytes a second were taken
  /// meanwhile, one at least. The next such time begins.
  bool goes_on(std::uint64_t taken, std::chrono::milliseconds time,
               std::size_t least_rate) noexcept {
    const auto size = taken - std::min(base_, taken);
    base_ = taken;
    const auto due = static_cast<double>(least_rate) * static_cast<double>(time.count()) / 1000;
    return size > 0 && static_cast<double>(size) >= due;
  }

 private:
  std::uint64_t base_ = 0;
};

}  // namespace tributary::http::server
