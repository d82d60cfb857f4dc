// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace tributary::providers::mock {

/// What one service was asked and answered since it was made, as counts. Any thread.
class ledger {
 public:
  /// @returns how many came before, so that each request has a number of its own
  std::uint64_t count_request() noexcept;
  /// A status from 100 to 599; it is counted when it is decided, whether or not the client waits.
  void count_answer(unsigned status) noexcept;
  /// A request that gets no answer: it hangs, or its connection is closed.
  void count_hang() noexcept;

  std::uint64_t requests() const noexcept;

  /// `{"requests":3,"answers":{"200":1,"503":1},"hung":1}`
  nlohmann::ordered_json to_json() const;

 private:
  static constexpr unsigned statuses = 600;

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> hung_{0};
  std::array<std::atomic<std::uint64_t>, statuses> answers_{};  ///< by status
};

}  // namespace tributary::providers::mock
