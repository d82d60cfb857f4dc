// SPDX-License-Identifier: MIT
#include "actors/store/purge_delivery.hpp"
#include "actors/store/purge_backlog.hpp"
#include "redis_results.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::actors::store {

namespace {

using cache::purge_scope;
using redis::failure;
using redis::reply_kind;
using tests::number_result;
using state = purge_delivery::state;
using commands = std::vector<redis_command>;
using results = std::vector<redis::result>;

redis::reply text(std::string value, reply_kind kind = reply_kind::text) {
  redis::reply result;
  result.kind = kind;
  result.text = std::move(value);
  return result;
}

redis::result error(std::string what) {
  return {failure::none, text(std::move(what), reply_kind::error)};
}

/// What SCAN and SSCAN answer.
redis::result page(std::string cursor, const std::vector<std::string>& keys = {}) {
  redis::reply list;
  list.kind = reply_kind::array;
  for (const auto& key : keys) list.items.push_back(text(key));
  redis::result result;
  result.reply.kind = reply_kind::array;
  result.reply.items = {text(std::move(cursor)), std::move(list)};
  return result;
}

const std::vector<std::string> reserved{"circuit_breaker:", "cache_tag:", "rate_limit:"};

purge_delivery delivery(purge_scope scope, std::string what) {
  return {{scope, std::move(what)}, "channel", "notice", reserved};
}

const redis_command publish{"PUBLISH", "channel", "notice"};

}  // namespace

TEST_CASE("a purged key goes at once, its variants page by page, and then all are told",
          "[invalidation]") {
  auto purge = delivery(purge_scope::key, "customer:c1");
  CHECK(purge.commands() == commands{{"UNLINK", "customer:c1"},
                                     {"SCAN", "0", "MATCH", "customer:c1:*", "COUNT", "500"}});
  CHECK(purge.take(results{number_result(), page("17", {"customer:c1:a", "customer:c1:b"})}) ==
        state::going);
  CHECK(purge.commands() == commands{{"UNLINK", "customer:c1:a", "customer:c1:b"},
                                     {"SCAN", "17", "MATCH", "customer:c1:*", "COUNT", "500"}});
  CHECK(purge.take(results{number_result(2), page("5")}) == state::going);
  CHECK(purge.commands() == commands{{"SCAN", "5", "MATCH", "customer:c1:*", "COUNT", "500"}});
  CHECK(purge.take(results{page("0", {"customer:c1:c"})}) == state::going);
  CHECK(purge.commands() == commands{{"UNLINK", "customer:c1:c"}, publish});
  CHECK(purge.take(results{number_result(), number_result(0)}) == state::done);
}

TEST_CASE("a prefix is taken literally, and leaves alone what is no answer", "[invalidation]") {
  auto purge = delivery(purge_scope::prefix, "c*?[]\\");
  CHECK(purge.commands().front()[3] == "c\\*\\?\\[\\]\\\\*");
  purge.take(results{page(
      "0", {"customer:c1", "circuit_breaker:customer", "cache_tag:x", "rate_limit:customer"})});
  CHECK(purge.commands() == commands{{"UNLINK", "customer:c1"}, publish});
  CHECK(delivery(purge_scope::key, "circuit_breaker:customer").commands().front()[0] == "SCAN");
}

TEST_CASE("a tag's keys go with their set", "[invalidation]") {
  auto purge = delivery(purge_scope::tag, "c1");
  CHECK(purge.commands() == commands{{"SSCAN", "cache_tag:c1", "0", "COUNT", "500"}});
  CHECK(purge.take(results{page("3", {"customer:c1"})}) == state::going);
  CHECK(purge.commands() ==
        commands{{"UNLINK", "customer:c1"}, {"SSCAN", "cache_tag:c1", "3", "COUNT", "500"}});
  CHECK(purge.take(results{number_result(), page("0")}) == state::going);
  CHECK(purge.commands() == commands{{"UNLINK", "cache_tag:c1"}, publish});
  CHECK(purge.take(results{number_result(), number_result(3)}) == state::done);
}

TEST_CASE("something else in the place of a tag's set is removed", "[invalidation]") {
  auto purge = delivery(purge_scope::tag, "c1");
  CHECK(purge.take(results{error("WRONGTYPE Operation against a key")}) == state::going);
  CHECK(purge.commands() == commands{{"UNLINK", "cache_tag:c1"}, publish});
}

TEST_CASE("any failure of a step fails the whole, to be done again", "[invalidation]") {
  const std::vector<results> failures{
      {},
      {{failure::timed_out, {}}, page("0")},
      {number_result(), {failure::connection_lost, {}}},
      {number_result(), error("LOADING Redis is loading")},
      {error("READONLY You can't write"), page("0")},
  };
  for (const auto& each : failures) {
    auto purge = delivery(purge_scope::key, "k");
    CHECK(purge.take(each) == state::failed);
  }
  auto purge = delivery(purge_scope::key, "k");
  purge.take(results{number_result(), page("0")});
  CHECK(purge.take(results{{failure::timed_out, {}}}) == state::failed);
}

TEST_CASE("of too many purges that wait, the oldest gives way", "[invalidation]") {
  purge_backlog backlog;
  for (std::size_t i = 0; i < purge_backlog::limit; ++i) {
    CHECK_FALSE(backlog.add({purge_scope::key, std::to_string(i)}));
  }
  const auto lost = backlog.add({purge_scope::key, "last"});
  REQUIRE(lost);
  CHECK(lost->target.text == "0");
  CHECK(backlog.size() == purge_backlog::limit);
  CHECK(backlog.front().target.text == "1");
  backlog.remove(lost->id);
  CHECK(backlog.front().target.text == "1");
  backlog.remove(backlog.front().id);
  CHECK(backlog.front().target.text == "2");
}

}  // namespace tributary::actors::store
