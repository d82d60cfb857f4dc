// SPDX-License-Identifier: MIT
#include "actors/cache/redis_tier.hpp"

#include "../aggregation/fixtures.hpp"
#include "../store/redis_results.hpp"
#include "actors/cache/cache_key.hpp"
#include "actors/cache/entity_tag.hpp"
#include "actors/cache/ttl.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace tributary::actors::cache {

namespace {

using tests::number_result;
using tests::text_result;
using namespace std::chrono_literals;
using store::redis::failure;
using store::redis::reply_kind;
using store::redis::result;

const steady_time tier_begin{std::chrono::hours{1}};
const std::string customer_body =
    R"({"customer_info":{"name":"Ada"},"master_data":{},"transaction_data":null})";

result error(std::string what) {
  auto out = text_result(std::move(what));
  out.reply.kind = reply_kind::error;
  return out;
}

result failed(failure why) {
  result out;
  out.why = why;
  return out;
}

struct quiet_call final : aggregation::aggregate_call {
  void answer(aggregation::aggregate_reply&&) override {}
};

/// A call for the parts `wanted` of customer c1.
std::unique_ptr<quiet_call> call_for(const std::string& wanted,
                                     const config::endpoint_settings& endpoint) {
  auto call = std::make_unique<quiet_call>();
  call->plan = tests::plan_of(endpoint);
  const std::vector<aggregation::name_value> query{{"customer_id", "c1"}, {"data_type", wanted}};
  auto bound = aggregation::bind_parameters(*call->plan, query, {}, {});
  REQUIRE(bound.errors.empty());
  call->values = std::move(bound.values);
  append_cache_key(*call->plan, call->values, call->cache_key);
  return call;
}

std::unique_ptr<quiet_call> call_for(const std::string& wanted = "all", double jitter = 0) {
  auto endpoint = tests::aggregated_data();
  endpoint.cache->jitter = jitter;
  endpoint.cache->tags = {"customers", "customer-{customer_id}", "at-{timestamp.from}"};
  return call_for(wanted, endpoint);
}

}  // namespace

TEST_CASE("a look-up asks for the value and its remaining time", "[cache][redis]") {
  const auto commands = look_up_commands("customer:c1");
  CHECK(commands ==
        std::vector<store::redis_command>{{"GET", "customer:c1"}, {"PTTL", "customer:c1"}});
}

TEST_CASE("an answer from Redis has the bytes, the tag and the age it had elsewhere",
          "[cache][redis]") {
  const auto call = call_for();
  const std::vector<result> replies{text_result(customer_body), number_result(45'000)};
  const auto answer = read_answer(replies, *call, tier_begin);
  REQUIRE(answer);
  CHECK(tests::text(answer->body) == customer_body);
  CHECK(answer->body_size == customer_body.size());
  CHECK(answer->etag.size() == 34);
  CHECK(answer->aggregate_status ==
        "customer;source=cache, master;source=cache, transaction;source=cache");
  CHECK(tier_begin - answer->stored_at == 15s);
  CHECK(answer->expires_at - tier_begin == 45s);
  CHECK(answer->tags == std::vector<std::string>{"customers", "customer-c1"});
}

TEST_CASE("the age takes into account by how much a key's time to live was shortened",
          "[cache][redis]") {
  const auto call = call_for("all", 0.1);
  const auto full = jittered(60s, 0.1, key_jitter(call->cache_key));
  REQUIRE(full < 60s);
  const std::vector<result> fresh{text_result(customer_body), number_result(full.count())};
  CHECK(read_answer(fresh, *call, tier_begin)->stored_at == tier_begin);
  const std::vector<result> later{text_result(customer_body), number_result(full.count() - 7'000)};
  CHECK(tier_begin - read_answer(later, *call, tier_begin)->stored_at == 7s);
}

TEST_CASE("a value that somebody else gave a longer life lives as long as the endpoint says",
          "[cache][redis]") {
  const auto call = call_for();
  for (const std::int64_t left :
       {std::int64_t{60'001}, std::int64_t{86'400'000}, std::numeric_limits<std::int64_t>::max()}) {
    const std::vector<result> replies{text_result(customer_body), number_result(left)};
    const auto answer = read_answer(replies, *call, tier_begin);
    REQUIRE(answer);
    CHECK(answer->stored_at == tier_begin);
    CHECK(answer->expires_at == tier_begin + 60s);
  }
}

TEST_CASE("everything but a JSON object with a time to live is a miss", "[cache][redis]") {
  const auto call = call_for();
  const std::vector<std::vector<result>> misses{
      {},
      {text_result(customer_body)},
      {result{}, number_result(-2)},
      {text_result(customer_body), number_result(-1)},
      {text_result(customer_body), number_result(0)},
      {text_result(customer_body), text_result("45000")},
      {text_result(customer_body), error("ERR")},
      {error("WRONGTYPE Operation against a key"), number_result(45'000)},
      {text_result(""), number_result(45'000)},
      {text_result("[]"), number_result(45'000)},
      {text_result("7"), number_result(45'000)},
      {text_result("{\"a\":1"), number_result(45'000)},
      {text_result("{\"a\":1}}"), number_result(45'000)},
      {text_result("{\"a\":\"\xff\"}"), number_result(45'000)},
      {failed(failure::timed_out), failed(failure::timed_out)},
      {text_result(customer_body), failed(failure::connection_lost)},
      {failed(failure::not_connected), number_result(45'000)},
  };
  for (std::size_t i = 0; i < misses.size(); ++i) {
    CAPTURE(i);
    CHECK(read_answer(misses[i], *call, tier_begin) == nullptr);
  }
}

TEST_CASE("an answer of other parts than the endpoint has now is a miss", "[cache][redis]") {
  const auto found = [](const aggregation::aggregate_call& call, std::string body) {
    const std::vector<result> replies{text_result(std::move(body)), number_result(45'000)};
    return read_answer(replies, call, tier_begin) != nullptr;
  };
  const auto all = call_for();
  CHECK(found(*all, customer_body));
  CHECK(found(*all, R"({"master_data":1,"customer_info":2,"transaction_data":3})"));
  CHECK_FALSE(found(*all, R"({"customer_info":1,"master_data":2})"));
  CHECK_FALSE(found(*all, R"({"customer_info":1,"master_data":2,"transaction":3})"));
  CHECK_FALSE(
      found(*all, R"({"customer_info":1,"master_data":2,"transaction_data":3,"orders":4})"));
  const auto some = call_for("customer");
  CHECK(found(*some, R"({"customer_info":1})"));
  CHECK_FALSE(found(*some, customer_body));
}

TEST_CASE("what was gathered from parts at the root has their mark beside it", "[cache][redis]") {
  auto endpoint = tests::aggregated_data();
  endpoint.cache->jitter = 0;
  endpoint.parts[1].merge = config::merge_mode::root;
  const auto call = call_for("all", endpoint);
  const auto mark = parts_mark(*call->plan, call->values.asked());
  REQUIRE(mark.size() == 32);
  CHECK(look_up_commands("k", true).back() == store::redis_command{"GET", "cache_parts:k"});

  cached_answer answer;
  answer.body.emplace_back(http::wire::shared_bytes{R"({"x":1})"});
  answer.etag = strong_etag(answer.body);
  answer.expires_at = tier_begin + 10s;
  const auto commands = keep_commands("k", *share(answer), tier_begin, mark);
  REQUIRE(commands.size() == 2);
  REQUIRE(commands[1].size() == 5);
  CHECK(commands[1][1] == "cache_parts:k");
  CHECK(commands[1][4] == "10000");

  const auto found = [&](const aggregation::aggregate_call& asked, result beside) {
    const std::vector<result> replies{text_result(R"({"x":1})"), number_result(10'000), beside};
    return read_answer(replies, asked, tier_begin) != nullptr;
  };
  CHECK(found(*call, text_result(commands[1][2])));
  CHECK_FALSE(found(*call, result{}));
  CHECK_FALSE(found(*call, text_result(mark + " \"another body\"")));
  endpoint.parts.pop_back();
  CHECK_FALSE(found(*call_for("all", endpoint), text_result(commands[1][2])));
}

TEST_CASE("the status names the parts that were asked for, all from the cache", "[cache][redis]") {
  const auto call = call_for("transaction,customer");
  CHECK(status_from_cache(*call->plan, call->values.asked()) ==
        "customer;source=cache, transaction;source=cache");
  CHECK(status_from_cache(*call->plan, 0).empty());
}

TEST_CASE("an answer is kept in one piece for the time it has left, and listed under its tags",
          "[cache][redis]") {
  cached_answer answer;
  answer.body.emplace_back(http::wire::shared_bytes{R"({"a":)"});
  answer.body.push_back(http::wire::byte_slice::literal("1}"));
  answer.tags = {"customers", "c 1"};
  answer.expires_at = tier_begin + 57'300ms;
  const auto kept = share(std::move(answer));
  const auto commands = keep_commands("customer:c1", *kept, tier_begin);
  REQUIRE(commands.size() == 3);
  CHECK(commands[0] == store::redis_command{"SET", "customer:c1", R"({"a":1})", "PX", "57300"});
  for (std::size_t i = 0; i < kept->tags.size(); ++i) {
    const auto& entry = commands[i + 1];
    REQUIRE(entry.size() == 6);
    CHECK(entry[0] == "EVAL");
    CHECK(entry[2] == "1");
    CHECK(entry[3] == "cache_tag:" + kept->tags[i]);
    CHECK(entry[4] == "customer:c1");
    CHECK(entry[5] == "57300");
  }
  CHECK(keep_commands("k", *kept, tier_begin + 57'299'999us)[0].back() == "1");
}

}  // namespace tributary::actors::cache
