// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;
using accept_kind = accepted_job::kind;

idempotency_key key_of(std::string_view key, std::string_view body = "body") {
  return {digest_of(key), digest_of(body)};
}

}  // namespace

TEST_CASE("a job is found as it was accepted", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish("other");
  wanted.asynchronous = true;
  wanted.priority = job_priority::low;
  wanted.run_at = f.now() + minutes{5};
  wanted.expires_at = f.now() + hours{1};
  wanted.max_attempts = 25;
  wanted.callback = callback_wish{"https://example.com/x?y", {true, false, true}};
  wanted.webhook_token = "secret";
  const auto taken = f.take(wanted);
  CHECK(taken.what == accept_kind::accepted);
  CHECK(taken.state == job_state::queued);
  CHECK(taken.run_at == f.now() + minutes{5});
  const auto found = f.get(wanted.id);
  CHECK(found.id == wanted.id);
  CHECK(found.vendor == "other");
  CHECK(found.asynchronous);
  CHECK(found.priority == job_priority::low);
  CHECK(found.payload == wanted.payload);
  CHECK(found.state == job_state::queued);
  CHECK(found.version == 1);
  CHECK(found.attempt == 0);
  CHECK(found.round == 1);
  CHECK(found.max_attempts == 25);
  CHECK(found.created_at == f.now());
  CHECK(found.updated_at == f.now());
  CHECK(found.run_at == f.now() + minutes{5});
  CHECK(found.expires_at == f.now() + hours{1});
  CHECK_FALSE(found.ended_at);
  CHECK_FALSE(found.lease_until);
  CHECK_FALSE(found.callback_deadline);
  CHECK_FALSE(found.error);
  CHECK_FALSE(found.cancel_requested);
  CHECK(found.webhook_token == "secret");
  CHECK(found.callback == wanted.callback);
  CHECK(found.result.empty());
  CHECK(found.attempts.empty());
  CHECK_FALSE(f.reader().find(f.new_id()));
}

TEST_CASE("a job with a time in the past may run now", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.run_at = f.now() - hours{1};
  CHECK(f.take(wanted).run_at == f.now());
  CHECK(f.claim(1).size() == 1);
}

TEST_CASE("a payload comes back byte for byte", "[jobs][store]") {
  store_fixture f;
  const std::string text = GENERATE(
      as<std::string>{}, "null", "\"\"", R"("\u0000 a \ud800 b")", R"({"a":1e400,"a":0.10})",
      "\"\xf0\x9f\x98\x80 \xe2\x80\xae \xef\xbf\xbf\"", "\"'; DROP TABLE jobs; --\"", "[1 , 2\n]",
      std::string{"\"a\0b\"", 5}, "\"\xff\xfe half a sequence \xc3\"");
  auto wanted = f.wish();
  wanted.payload = text;
  const auto value = f.running(wanted);
  CHECK(value.payload == text);
  REQUIRE(f.settle(value, jobs_settle::complete{text}).settled);
  CHECK(f.get(value.id).payload == text);
  CHECK(f.get(value.id).result == text);
}

TEST_CASE("a payload and a result of a mebibyte are kept whole", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.payload = '"' + std::string(1024 * 1024 - 2, 'x') + '"';
  const auto value = f.running(wanted);
  CHECK(value.payload == wanted.payload);
  std::string result(10 * 1024 * 1024, '7');
  REQUIRE(f.settle(value, jobs_settle::complete{result}).settled);
  CHECK(f.get(value.id).result == result);
}

TEST_CASE("no more jobs are queued than may be, and room comes when one is claimed",
          "[jobs][store]") {
  store_fixture f;
  auto asked = f.accepting({f.wish(), f.wish(), f.wish()});
  asked.most_queued = 2;
  const auto result = f.carry_out<accept_result>(asked);
  CHECK(result.what == accept_kind::accepted);
  CHECK(result.jobs[0].what == accept_kind::accepted);
  CHECK(result.jobs[1].what == accept_kind::accepted);
  CHECK(result.jobs[2].what == accept_kind::queue_full);
  CHECK(f.reader().counts().accepted == 2);
  REQUIRE(f.claim(1).size() == 1);
  asked.jobs.resize(2);
  asked.jobs[0].job = f.wish();
  asked.jobs[1].job = f.wish();
  const auto later = f.carry_out<accept_result>(asked);
  CHECK(later.jobs[0].what == accept_kind::accepted);
  CHECK(later.jobs[1].what == accept_kind::queue_full);
}

// -- idempotency ----------------------------------------------------------------------------------

TEST_CASE("of many equal requests with one key one is carried out and all are answered alike",
          "[jobs][store]") {
  store_fixture f;
  std::vector<write> batch;
  for (int i = 0; i < 64; ++i) {
    auto asked = f.accepting({f.wish()});
    asked.key = key_of("k");
    batch.emplace_back(std::move(asked));
  }
  const auto results = f.writer().apply(batch);
  const auto& first = std::get<accept_result>(results[0]);
  CHECK(first.what == accept_kind::accepted);
  const kept_answer expected{202, first.jobs[0].id.text() + "\n"};
  for (std::size_t i = 1; i < results.size(); ++i) {
    const auto& each = std::get<accept_result>(results[i]);
    CHECK(each.what == accept_kind::replayed);
    CHECK(each.answer == expected);
  }
  CHECK(f.reader().counts().accepted == 1);
  f.restart();
  auto again = f.accepting({f.wish()});
  again.key = key_of("k");
  CHECK(f.carry_out<accept_result>(again).answer == expected);
}

TEST_CASE("a key with another request is refused, and free again when its time is over",
          "[jobs][store]") {
  store_fixture f;
  auto asked = f.accepting({f.wish()});
  asked.key = key_of("k");
  REQUIRE(f.carry_out<accept_result>(asked).what == accept_kind::accepted);
  auto other = f.accepting({f.wish()});
  other.key = key_of("k", "other body");
  CHECK(f.carry_out<accept_result>(other).what == accept_kind::key_reused);
  f.pass(hours{24} - milliseconds{1});
  CHECK(f.carry_out<accept_result>(other).what == accept_kind::key_reused);
  f.pass(milliseconds{1});
  const auto reap_first = GENERATE(false, true);
  if (reap_first) f.reap();
  CHECK(f.carry_out<accept_result>(other).what == accept_kind::accepted);
  CHECK(f.carry_out<accept_result>(other).what == accept_kind::replayed);
}

TEST_CASE("what was refused is not kept with its key", "[jobs][store]") {
  store_fixture f;
  auto asked = f.accepting({f.wish()});
  asked.key = key_of("k");
  asked.most_queued = 0;
  CHECK(f.carry_out<accept_result>(asked).jobs[0].what == accept_kind::queue_full);
  asked.jobs[0].key = key_of("item");
  CHECK(f.carry_out<accept_result>(asked).jobs[0].what == accept_kind::queue_full);
  asked.most_queued = 1;
  CHECK(f.carry_out<accept_result>(asked).jobs[0].what == accept_kind::accepted);
}

TEST_CASE("each payload of a batch may have a key of its own", "[jobs][store]") {
  store_fixture f;
  auto asked = f.accepting({f.wish(), f.wish(), f.wish()});
  asked.jobs[0].key = key_of("a");
  asked.jobs[1].key = key_of("a");
  asked.jobs[2].key = key_of("a", "other");
  const auto result = f.carry_out<accept_result>(asked);
  CHECK(result.jobs[0].what == accept_kind::accepted);
  CHECK(result.jobs[1].what == accept_kind::replayed);
  CHECK(result.jobs[1].answer == kept_answer{202, asked.jobs[0].job.id.text()});
  CHECK(result.jobs[2].what == accept_kind::key_reused);
  CHECK(f.reader().counts().accepted == 1);
}

// -- unique jobs ----------------------------------------------------------------------------------

TEST_CASE("a unique job names the first one until that has ended", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.unique_key = digest_of("u");
  const auto first = f.running(wanted);
  auto again = f.wish();
  again.unique_key = digest_of("u");
  const auto second = f.take(again);
  CHECK(second.what == accept_kind::deduplicated);
  CHECK(second.id == first.id);
  CHECK(second.state == job_state::processing);
  REQUIRE(f.settle(first, jobs_settle::retry{seconds{1}, false}).settled);
  CHECK(f.take(again).what == accept_kind::deduplicated);
  f.pass(seconds{1});
  const auto retried = f.claim(1);
  REQUIRE(retried.size() == 1);  // it is not in its own way
  REQUIRE(f.settle(retried[0], jobs_settle::complete{"1"}).settled);
  CHECK(f.take(again).what == accept_kind::accepted);
}

TEST_CASE("a unique job with a time of its own holds its key until then, ended or not",
          "[jobs][store]") {
  store_fixture f;
  const auto ends = GENERATE(false, true);
  auto wanted = f.wish();
  wanted.unique_key = digest_of("u");
  wanted.unique_for = minutes{10};
  const auto first = f.running(wanted);
  if (ends) REQUIRE(f.settle(first, jobs_settle::complete{"1"}).settled);
  f.pass(minutes{10} - milliseconds{1});
  auto again = f.wish();
  again.unique_key = digest_of("u");
  CHECK(f.take(again).id == first.id);
  f.pass(milliseconds{1});
  CHECK(f.take(again).what == accept_kind::accepted);
  again.id = f.new_id();
  CHECK(f.take(again).what == accept_kind::deduplicated);
  if (!ends) CHECK(f.settle(first, jobs_settle::complete{"1"}).settled);
  CHECK(f.take(again).what == accept_kind::deduplicated);
}

TEST_CASE("unique jobs of one request are told apart", "[jobs][store]") {
  store_fixture f;
  auto asked = f.accepting({f.wish(), f.wish(), f.wish()});
  asked.jobs[0].job.unique_key = asked.jobs[1].job.unique_key = digest_of("a");
  asked.jobs[2].job.unique_key = digest_of("b");
  const auto result = f.carry_out<accept_result>(asked);
  CHECK(result.jobs[0].what == accept_kind::accepted);
  CHECK(result.jobs[1].what == accept_kind::deduplicated);
  CHECK(result.jobs[1].id == result.jobs[0].id);
  CHECK(result.jobs[2].what == accept_kind::accepted);
}

// -- one write among others -----------------------------------------------------------------------

TEST_CASE("a write that is refused does not harm its neighbours", "[jobs][store]") {
  store_fixture f;
  const auto taken = f.accept();
  auto same_name = f.wish();
  same_name.id = taken;
  const auto good = f.wish();
  auto throws = f.accepting({f.wish()});
  throws.key = key_of("k");
  throws.answer_of_all = [](auto, instant) -> kept_answer { throw std::runtime_error("no"); };
  const std::vector<write> batch{f.accepting({f.wish(), same_name}), f.accepting({good}), throws,
                                 cancel{taken}};
  const auto results = f.writer().apply(batch);
  REQUIRE(results.size() == 4);
  CHECK(std::holds_alternative<write_refused>(results[0]));
  CHECK(std::get<accept_result>(results[1]).jobs[0].what == accept_kind::accepted);
  CHECK(std::holds_alternative<write_refused>(results[2]));
  CHECK(std::get<cancel_result>(results[3]).what == cancel_result::kind::cancelled);
  CHECK(f.state(good.id) == job_state::queued);
  CHECK(f.story(good.id) == "pending");
  const auto counts = f.reader().counts();
  CHECK(counts.accepted == 2);
  CHECK(counts.states[0] == 1);
  CHECK(f.list({}).size() == 2);
}

TEST_CASE("an empty batch and an empty request are fine", "[jobs][store]") {
  store_fixture f;
  CHECK(f.writer().apply({}).empty());
  CHECK(f.carry_out<accept_result>(f.accepting({})).jobs.empty());
  CHECK(f.claim(0).empty());
}

}  // namespace tributary::tests
