// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tributary::actors::market {

/// What a call to a provider is for: loops leave a share of the allowance to those who wait.
enum class purpose : std::uint8_t {
  loop,    ///< prices, round after round: spread over each limit's time
  demand,  ///< somebody waits: all that is left
  list,    ///< assets, a few times a day: of days and months the loops' share, and no pace
};

}  // namespace tributary::actors::market
