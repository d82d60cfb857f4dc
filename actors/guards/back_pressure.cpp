// SPDX-License-Identifier: MIT
#include "actors/guards/back_pressure.hpp"

#include <algorithm>

namespace tributary::actors::guards {

call_outcome back_pressure::on_answer(call_outcome outcome, int status,
                                      std::optional<std::chrono::milliseconds> retry_after,
                                      steady_time started, steady_time now) noexcept {
  if (!settings_.enabled || status == 0) return outcome;
  if (suspected_ && started >= until_) {
    suspected_ = false;
    if (status == 429) outcome = call_outcome::failure;
  }
  const bool asks = (status == 429 || status == 503) && retry_after;
  const auto pause = asks ? std::min(*retry_after, settings_.max) : std::chrono::milliseconds{0};
  if (pause > std::chrono::milliseconds{0}) {
    if (now >= until_) ++pauses_;
    until_ = std::max(until_, now + pause);
    suspected_ = true;
  }
  return outcome;
}

}  // namespace tributary::actors::guards
