// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/purge_target.hpp"
#include "actors/store/redis_call.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::store {

/// The text with what means something in a pattern of SCAN escaped.
std::string glob_escaped(std::string_view text);

/// One purge in Redis, step by step, each of which costs Redis little: keys are found by SCAN
/// (those of a tag by SSCAN of its set), some hundred at a time, unlinked, and at the end the other
/// instances are told. Repeating it from the start is always right.
class purge_delivery {
 public:
  enum class state : std::uint8_t { going, done, failed };

  /// @param notice is published at the end
  /// @param reserved prefixes of keys that are left alone; outlive this object
  purge_delivery(cache::purge_target target, std::string channel, std::string notice,
                 std::span<const std::string> reserved);

  /// What to send next.
  const std::vector<redis_command>& commands() const noexcept { return commands_; }

  /// What came of them. `going`: there is more to send.
  state take(std::span<const redis::result> replies);

 private:
  bool take_page(const redis::reply& page);
  void ask_page();
  void begin();

  cache::purge_target target_;
  std::string channel_;
  std::string notice_;
  std::span<const std::string> reserved_;
  std::string cursor_ = "0";
  std::vector<redis_command> commands_;
  bool finding_ = true;  ///< the last command is for a page; else the notice
};

}  // namespace tributary::actors::store
