// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

namespace tributary::tests {

namespace {

using jobs_settle = providers::jobs::settle;
using webhook_kind = webhook_result::kind;

take_webhook failing(take_webhook told, bool retryable) {
  told.what = take_webhook::failed{{"VENDOR_FAILED", "it broke"}, retryable, seconds{7}};
  return told;
}

take_webhook progressing(take_webhook told, std::string value) {
  told.what = take_webhook::progress{std::move(value)};
  return told;
}

}  // namespace

TEST_CASE("a webhook completes a job that awaits it, by name or by reference", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r-1");
  const auto waiting = f.get(value.id);
  CHECK(waiting.state == job_state::awaiting_vendor);
  CHECK(waiting.reference == "r-1");
  CHECK(waiting.callback_deadline == f.now() + minutes{15});
  CHECK_FALSE(waiting.lease_until);
  const auto by_reference = GENERATE(false, true);
  const auto result = f.take(by_reference ? f.webhook("r-1", "[1]") : f.webhook(value.id, "[1]"));
  CHECK(result.what == webhook_kind::accepted);
  CHECK(result.id == value.id);
  CHECK(result.state == job_state::complete);
  CHECK(result.attempt == 0);
  const auto ended = f.get(value.id);
  CHECK(result.version == ended.version);
  CHECK(ended.result == "[1]");
  CHECK(ended.processed_at == f.now());
  CHECK(f.story(value.id) == "pending processing awaiting_vendor complete");
}

TEST_CASE("a webhook that comes while the call runs completes the job, and the call is told",
          "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.pass(seconds{3});
  const auto result = f.take(f.webhook(value.id));
  CHECK(result.what == webhook_kind::accepted);
  CHECK(result.attempt == 1);
  CHECK(f.state(value.id) == job_state::complete);
  const auto late = f.settle(value, jobs_settle::await{"r", minutes{1}});
  CHECK_FALSE(late.settled);
  CHECK(late.state == job_state::complete);
  const auto ended = f.get(value.id);
  REQUIRE(ended.attempts.size() == 1);
  CHECK(ended.attempts[0].outcome == attempt_outcome::success);
  CHECK(ended.attempts[0].duration == seconds{3});
}

TEST_CASE("a webhook that comes before its reference is known is applied with it",
          "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  CHECK(f.take(f.webhook("r-2", "[2]")).what == webhook_kind::stored);
  CHECK(f.state(value.id) == job_state::processing);
  const auto restart = GENERATE(false, true);
  if (restart) f.restart();
  const auto result = f.settle(value, jobs_settle::await{"r-2", minutes{1}});
  CHECK(result.settled);
  CHECK(result.state == job_state::complete);
  CHECK(f.get(value.id).result == "[2]");
  // It is used up.
  const auto other = f.running();
  CHECK(f.settle(other, jobs_settle::await{"r-2", minutes{1}}).state == job_state::awaiting_vendor);
}

TEST_CASE("what came early is applied in the order in which it came", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.take(progressing(f.webhook("r"), "10"));
  f.take(progressing(f.webhook("r"), "20"));
  f.take(f.webhook("r", "[1]"));
  f.take(f.webhook("r", "[2]"));
  f.take(f.webhook("other", "[3]"));
  REQUIRE(f.settle(value, jobs_settle::await{"r", minutes{1}}).settled);
  const auto ended = f.get(value.id);
  CHECK(ended.result == "[1]");
  CHECK(ended.progress == "20");
  CHECK(f.story(value.id) == "pending processing awaiting_vendor ~ ~ complete complete");
}

TEST_CASE("what came early is forgotten when its time is over", "[jobs][store]") {
  store_fixture f;
  CHECK(f.take(f.webhook("r")).what == webhook_kind::stored);
  f.pass(hours{24});
  const auto reap_first = GENERATE(false, true);
  if (reap_first) f.reap();
  const auto value = f.awaiting("r");
  CHECK(f.state(value.id) == job_state::awaiting_vendor);
}

TEST_CASE("what came early from another vendor is not applied", "[jobs][store]") {
  store_fixture f;
  auto told = f.webhook("r");
  told.vendor = "other";
  CHECK(f.take(told).what == webhook_kind::stored);
  const auto value = f.awaiting("r");
  CHECK(f.state(value.id) == job_state::awaiting_vendor);
}

TEST_CASE("what came early with the wrong token is dropped", "[jobs][store]") {
  store_fixture f;
  auto told = f.webhook("r");
  told.token = "guessed";
  CHECK(f.take(told).what == webhook_kind::stored);
  CHECK(f.state(f.awaiting("r").id) == job_state::awaiting_vendor);
  told = f.webhook("s");
  told.token = "token";
  CHECK(f.take(told).what == webhook_kind::stored);
  CHECK(f.state(f.awaiting("s").id) == job_state::complete);
}

TEST_CASE("a webhook that comes twice counts once", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  auto told = progressing(f.webhook(value.id), "1");
  told.webhook_id = "w";
  CHECK(f.take(told).what == webhook_kind::accepted);
  const auto version = f.get(value.id).version;
  CHECK(f.take(told).what == webhook_kind::duplicate);
  CHECK(f.get(value.id).version == version);
  // … in one batch, too, and after an end.
  told = f.webhook(value.id);
  told.webhook_id = "w2";
  const std::vector<write> both{told, told};
  const auto results = f.writer().apply(both);
  CHECK(std::get<webhook_result>(results[0]).what == webhook_kind::accepted);
  CHECK(std::get<webhook_result>(results[1]).what == webhook_kind::duplicate);
  f.restart();
  CHECK(f.take(told).what == webhook_kind::duplicate);
  CHECK(f.story(value.id) == "pending processing awaiting_vendor ~ complete");
}

TEST_CASE("a webhook's name is one of its vendor's, and forgotten in time", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  auto told = progressing(f.webhook(value.id), "1");
  told.webhook_id = "w";
  CHECK(f.take(told).what == webhook_kind::accepted);
  const auto other = f.running(f.wish("other"));
  auto of_other = progressing(f.webhook(other.id), "1");
  of_other.vendor = "other";
  of_other.webhook_id = "w";
  CHECK(f.take(of_other).what == webhook_kind::accepted);
  f.pass(hours{168} - milliseconds{1});
  CHECK(f.take(told).what == webhook_kind::duplicate);
  f.pass(milliseconds{1});
  const auto reap_first = GENERATE(false, true);
  if (reap_first) f.reap();
  CHECK(f.take(told).what == webhook_kind::accepted);
  CHECK(f.take(told).what == webhook_kind::duplicate);
}

TEST_CASE("a webhook without a name is never a duplicate", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  CHECK(f.take(progressing(f.webhook(value.id), "1")).what == webhook_kind::accepted);
  CHECK(f.take(progressing(f.webhook(value.id), "1")).what == webhook_kind::accepted);
}

TEST_CASE("a webhook that is refused is not remembered", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r");
  auto told = f.webhook(value.id);
  told.webhook_id = "w";
  told.vendor = "other";
  CHECK(f.take(told).what == webhook_kind::vendor_mismatch);
  told.vendor = "v";
  for (const auto* token : {"", "toke", "tokex", "token "}) {
    told.token = token;
    CHECK(f.take(told).what == webhook_kind::refused);
  }
  CHECK(f.state(value.id) == job_state::awaiting_vendor);
  told.token = "token";
  CHECK(f.take(told).what == webhook_kind::accepted);
}

TEST_CASE("a webhook of a job that has ended is late and changes nothing but its events",
          "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  f.cancel(value.id);
  REQUIRE(f.settle(value, jobs_settle::cancel{}).settled);
  const auto before = f.get(value.id);
  const auto result = f.take(f.webhook(value.id));
  CHECK(result.what == webhook_kind::late);
  CHECK(result.state == job_state::cancelled);
  const auto after = f.get(value.id);
  CHECK(after.version == before.version);
  CHECK(after.updated_at == before.updated_at);
  CHECK(after.result.empty());
  CHECK(f.reader().events(value.id, 0, 10).back().text == "late webhook");
}

TEST_CASE("a webhook completes a job that waits for another attempt", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  REQUIRE(f.settle(value, jobs_settle::retry{minutes{1}, false}).settled);
  CHECK(f.take(f.webhook(value.id)).what == webhook_kind::accepted);
  f.pass(minutes{1});
  CHECK(f.claim(1).empty());
  CHECK(f.state(value.id) == job_state::complete);
}

TEST_CASE("a webhook after the deadline still counts while the job has not ended",
          "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r", minutes{1});
  f.pass(minutes{2});
  CHECK(f.reap().overdue.size() == 1);
  CHECK(f.take(f.webhook("r")).what == webhook_kind::accepted);
  CHECK(f.state(value.id) == job_state::complete);
  CHECK(f.reap().overdue.empty());
}

TEST_CASE("a vendor that has failed ends the job, or asks for another attempt", "[jobs][store]") {
  store_fixture f;
  auto value = f.awaiting("r");
  CHECK(f.take(failing(f.webhook(value.id), false)).state == job_state::failed);
  auto ended = f.get(value.id);
  CHECK(ended.error == job_error{"VENDOR_FAILED", "it broke"});
  REQUIRE(ended.attempts.size() == 1);
  CHECK(ended.attempts[0].outcome == attempt_outcome::failure);
  CHECK(ended.attempts[0].message == "it broke");

  value = f.awaiting("s");
  CHECK(f.take(failing(f.webhook(value.id), true)).state == job_state::queued);
  CHECK(f.get(value.id).run_at == f.now() + seconds{7});
  CHECK(f.claim(1).empty());
  f.pass(seconds{7});
  CHECK(f.claim(1).size() == 1);
}

TEST_CASE("a vendor that asks for another attempt after the last one gets none", "[jobs][store]") {
  store_fixture f;
  auto wanted = f.wish();
  wanted.max_attempts = 1;
  const auto value = f.running(wanted);
  CHECK(f.take(failing(f.webhook(value.id), true)).state == job_state::dead);
  CHECK(f.get(value.id).error->code == "ATTEMPTS_EXHAUSTED");
  CHECK_FALSE(f.settle(value, jobs_settle::complete{"1"}).settled);
}

TEST_CASE("progress is an event and no change of state", "[jobs][store]") {
  store_fixture f;
  const auto value = f.running();
  const auto version = f.get(value.id).version;
  const auto result = f.take(progressing(f.webhook(value.id), R"({"done":0.5})"));
  CHECK(result.what == webhook_kind::accepted);
  CHECK(result.state == job_state::processing);
  CHECK(result.version == version + 1);
  CHECK(f.get(value.id).progress == R"({"done":0.5})");
  const auto last = f.reader().events(value.id, 0, 10).back();
  CHECK(last.what == job_event::kind::progress);
  CHECK(last.text == R"({"done":0.5})");
  CHECK(f.settle(value, jobs_settle::complete{"1"}).settled);
}

TEST_CASE("a webhook for a name that no job has is kept", "[jobs][store]") {
  store_fixture f;
  CHECK(f.take(f.webhook(f.new_id())).what == webhook_kind::stored);
  auto early = f.webhook("");
  early.webhook_id = "w";
  early.id = f.new_id();
  CHECK(f.take(early).what == webhook_kind::stored);
  CHECK(f.take(early).what == webhook_kind::duplicate);
  auto wanted = f.wish();
  wanted.id = *early.id;
  const auto value = f.running(wanted);
  CHECK(f.settle(value, jobs_settle::await{{}, minutes{1}}).state == job_state::complete);
}

TEST_CASE("of two jobs with one reference the webhook is the one's that waits", "[jobs][store]") {
  store_fixture f;
  const auto waiting = f.awaiting("r");
  const auto ended = f.awaiting("r");
  REQUIRE(f.settle(ended, jobs_settle::complete{"1"}).settled);
  CHECK(f.take(f.webhook("r")).id == waiting.id);
  CHECK(f.take(f.webhook("r")).what == webhook_kind::late);
}

TEST_CASE("a job whose vendor is still at it waits once more", "[jobs][store]") {
  store_fixture f;
  const auto value = f.awaiting("r", minutes{1});
  f.pass(minutes{2});
  CHECK(f.settle(value, jobs_settle::await{"r", minutes{5}}).settled);
  CHECK(f.reap().overdue.empty());
  CHECK(f.get(value.id).callback_deadline == f.now() + minutes{5});
}

}  // namespace tributary::tests
