// SPDX-License-Identifier: MIT
#include "providers/redis/link_state.hpp"

#include <chrono>

namespace tributary::providers::redis {

namespace {

std::int64_t system_milliseconds() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

link_state::link_state() : since(system_milliseconds()) {}

std::string link_state::last_error() const {
  const std::lock_guard lock{mutex_};
  return last_error_;
}

void link_state::set_connected(bool now_connected) {
  since.store(system_milliseconds(), std::memory_order_relaxed);
  connected.store(now_connected, std::memory_order_release);
}

void link_state::set_error(std::string_view text) {
  const std::lock_guard lock{mutex_};
  last_error_ = text;
}

}  // namespace tributary::providers::redis
