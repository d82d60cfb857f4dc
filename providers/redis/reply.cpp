// SPDX-License-Identifier: MIT
#include "providers/redis/reply.hpp"

namespace tributary::providers::redis {

std::string_view to_string(failure why) noexcept {
  switch (why) {
    case failure::none:
      return "none";
    case failure::not_connected:
      return "not_connected";
    case failure::timed_out:
      return "timed_out";
    case failure::connection_lost:
      return "connection_lost";
    case failure::protocol:
      return "protocol";
    case failure::overloaded:
      return "overloaded";
    case failure::shut_down:
      return "shut_down";
  }
  return "unknown";
}

std::string_view error_word(const reply& answer) noexcept {
  if (answer.kind != reply_kind::error) return {};
  const std::string_view text{answer.text};
  return text.substr(0, text.find(' '));
}

}  // namespace tributary::providers::redis
