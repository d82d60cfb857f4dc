// SPDX-License-Identifier: MIT
#include "providers/redis/reply.hpp"

#include <algorithm>
#include <iterator>

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

bool is_wrong_server(const reply& answer) noexcept {
  if (answer.kind != reply_kind::error) return false;
  constexpr std::string_view words[] = {"READONLY", "MASTERDOWN", "LOADING", "NOREPLICAS",
                                        "CLUSTERDOWN"};
  const std::string_view text = answer.text;
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view word) {
    if (error_word(answer) == word) return true;
    // Redis 6 puts the error of a script's command behind words of its own: `ERR …: -READONLY You`.
    const auto at = text.find(word);
    return at != text.npos && at != 0 && text[at - 1] == '-';
  });
}

}  // namespace tributary::providers::redis
