// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/session_keeper.hpp"

#include <utility>

namespace tributary::providers::market::yahoo {

const session* session_keeper::current() const noexcept {
  return held_ && present_ - held_since_ < longest_use ? &*held_ : nullptr;
}

bool session_keeper::may_begin() const noexcept {
  // A clock that was put back must not make the rest longer.
  return !gave_up_ || std::chrono::abs(present_ - *gave_up_) >= rest_after_failure;
}

void session_keeper::keep(session got) {
  held_ = std::move(got);
  held_since_ = present_;
  gave_up_.reset();
}

void session_keeper::drop(const session& refused) {
  if (held_ && held_->cookie == refused.cookie && held_->crumb == refused.crumb) held_.reset();
}

}  // namespace tributary::providers::market::yahoo
