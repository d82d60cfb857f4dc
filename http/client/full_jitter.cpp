// SPDX-License-Identifier: MIT
#include "http/client/full_jitter.hpp"

#include <algorithm>

namespace tributary::http::client {

using std::chrono::milliseconds;

milliseconds full_jitter(milliseconds base, milliseconds cap, std::size_t earlier,
                         double random) noexcept {
  const auto longest = std::max<milliseconds::rep>(0, cap.count());
  auto limit = std::clamp<milliseconds::rep>(base.count(), 0, longest);
  for (; earlier > 0 && limit > 0 && limit < longest; --earlier) {
    limit = limit > longest / 2 ? longest : limit * 2;
  }
  const auto share = std::clamp(random, 0.0, 1.0) * static_cast<double>(limit);
  return milliseconds{static_cast<milliseconds::rep>(share)};
}

}  // namespace tributary::http::client
