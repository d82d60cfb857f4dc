// SPDX-License-Identifier: MIT
#include "providers/redis/command.hpp"

#include <charconv>
#include <cstddef>

namespace tributary::providers::redis {

namespace {

void append_count(std::string& out, char sign, std::size_t count) {
  char text[24] = {sign};
  auto* end = std::to_chars(text + 1, text + sizeof text - 2, count).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(text, end);
}

}  // namespace

void append_command(std::string& out, std::span<const std::string_view> arguments) {
  append_count(out, '*', arguments.size());
  for (const auto argument : arguments) {
    append_count(out, '$', argument.size());
    out.append(argument);
    out.append("\r\n", 2);
  }
}

}  // namespace tributary::providers::redis
