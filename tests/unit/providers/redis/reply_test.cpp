// SPDX-License-Identifier: MIT
#include "providers/redis/reply.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::providers::redis {

TEST_CASE("errors of a server that is not the right one are known", "[redis]") {
  const auto is_wrong = [](std::string text, reply_kind kind = reply_kind::error) {
    reply answer;
    answer.kind = kind;
    answer.text = std::move(text);
    return is_wrong_server(answer);
  };
  for (const auto* text :
       {"READONLY You can't write against a read only replica.",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "LOADING Redis is loading the dataset in memory",
        "NOREPLICAS Not enough good replicas to write.", "CLUSTERDOWN The cluster is down",
        "ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write"}) {
    CAPTURE(text);
    CHECK(is_wrong(text));
    CHECK_FALSE(is_wrong(text, reply_kind::text));
  }
  for (const auto* text : {"OOM command not allowed", "WRONGTYPE Operation", "NOSCRIPT No matching",
                           "ERR unknown command 'READONLY'", "MISCONF Redis is configured", ""}) {
    CAPTURE(text);
    CHECK_FALSE(is_wrong(text));
  }
}

}  // namespace tributary::providers::redis
