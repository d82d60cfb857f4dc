// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary::providers::mock::market {

using std::chrono::sys_seconds;

/// Counts requests in windows that begin at whole multiples of their length (UTC). Any thread.
class meter {
 public:
  struct reading {
    bool over = false;  ///< this request is one too many
    std::uint32_t remaining = 0;
    sys_seconds reset;  ///< when the next window begins
  };

  /// Counts one request of `who` in the window of that length around `now`; beyond `limit` it is
  /// over, and does not count. `who` must name the window too where one client has several.
  reading take(std::string_view who, std::uint32_t limit, std::chrono::seconds window,
               sys_seconds now);

 private:
  struct count {
    sys_seconds reset;
    std::uint32_t used = 0;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, count> counts_;  ///< bounded, see `take`
};

}  // namespace tributary::providers::mock::market
