// SPDX-License-Identifier: MIT
#include "providers/vendors/retry_delay.hpp"

#include "http/client/full_jitter.hpp"

#include <algorithm>

namespace tributary::providers::vendors {

using std::chrono::milliseconds;

milliseconds retry_delay(const retry_terms& terms, std::uint32_t failed, double random,
                         std::optional<milliseconds> retry_after) noexcept {
  const auto earlier = failed == 0 ? 0 : failed - 1;
  const auto own = http::client::full_jitter(terms.base, terms.cap, earlier, random);
  return std::max(own, std::min(retry_after.value_or(milliseconds{0}), longest_retry_after));
}

}  // namespace tributary::providers::vendors
