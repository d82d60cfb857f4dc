// SPDX-License-Identifier: MIT
#include "providers/redis/command.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace tributary::providers::redis {

TEST_CASE("a command is written as an array of bulk strings", "[redis][command]") {
  std::string result;
  append_command(result, std::array<std::string_view, 1>{"PING"});
  append_command(result, std::array<std::string_view, 3>{"SET", "k", ""});
  CHECK(result == "*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
}

TEST_CASE("an argument may hold any byte and have any size", "[redis][command]") {
  const std::string bytes{"\0\r\n\xff$1", 6};
  const std::string large(123'456, 'x');
  std::string result;
  append_command(result, std::array<std::string_view, 2>{bytes, large});
  CHECK(result == "*2\r\n$6\r\n" + bytes + "\r\n$123456\r\n" + large + "\r\n");
}

}  // namespace tributary::providers::redis
