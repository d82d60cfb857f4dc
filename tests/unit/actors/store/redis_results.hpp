// SPDX-License-Identifier: MIT
#pragma once

#include "providers/redis/reply.hpp"

#include <cstdint>
#include <string>
#include <utility>

/// What a Redis played by a test answers.
namespace tributary::tests {

inline providers::redis::result text_result(
    std::string value, providers::redis::reply_kind kind = providers::redis::reply_kind::text) {
  providers::redis::result made;
  made.reply.kind = kind;
  made.reply.text = std::move(value);
  return made;
}

inline providers::redis::result number_result(std::int64_t value = 1) {
  providers::redis::result made;
  made.reply.kind = providers::redis::reply_kind::integer;
  made.reply.integer = value;
  return made;
}

}  // namespace tributary::tests
