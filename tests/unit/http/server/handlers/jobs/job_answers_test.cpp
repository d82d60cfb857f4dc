// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_answers.hpp"

#include "http/server/handlers/jobs/job_cursor.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
using actors::jobs::store_refusal;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr pj::instant job_noon{milliseconds{43'200'000}};
constexpr const char* one_id = "0191e4a8-0000-7000-8000-0000000000ab";

std::string text_of_answer(const response& answer) {
  std::string result;
  for (const auto& each : answer.body) result += each.view();
  return result;
}

json parsed(const response& answer) { return json::parse(text_of_answer(answer)); }

bool has_field(const response& answer, std::string_view line) {
  return ("\r\n" + answer.headers).find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

bool has_field_called(const response& answer, std::string_view name) {
  return ("\r\n" + answer.headers).find("\r\n" + std::string{name} + ": ") != std::string::npos;
}

pj::job job_in(pj::job_state state) {
  pj::job result;
  result.id = *pj::job_id::parse(one_id);
  result.state = state;
  result.version = 3;
  result.run_at = job_noon;
  return result;
}

request knowing(std::string_view etag) {
  request result;
  if (!etag.empty()) result.headers.push_back({"If-None-Match", etag});
  return result;
}

response shown(pj::job_state state, std::string_view known = {}, pj::instant now = job_noon) {
  const auto job = job_in(state);
  return job_response(knowing(known), {job, now, {}});
}

}  // namespace

TEST_CASE("a job that goes on is not kept, and says when to look again", "[jobs]") {
  const auto answer = shown(pj::job_state::processing);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  CHECK(has_field(answer, "ETag: \"3\""));
  CHECK(has_field(answer, "Cache-Control: no-store"));
  CHECK(has_field(answer, "Retry-After: 1"));
  CHECK(parsed(answer)["request_id"] == one_id);
  CHECK(has_field(shown(pj::job_state::queued, {}, job_noon - milliseconds{1'001}),
                  "Retry-After: 2"));
  CHECK(has_field(shown(pj::job_state::queued, {}, job_noon - milliseconds{3'600'000}),
                  "Retry-After: 60"));
  CHECK(has_field(shown(pj::job_state::queued), "Retry-After: 1"));
}

TEST_CASE("a job that has ended may be kept for a minute", "[jobs]") {
  const auto answer = shown(pj::job_state::failed);
  CHECK(has_field(answer, "Cache-Control: private, max-age=60"));
  CHECK_FALSE(has_field_called(answer, "Retry-After"));
}

TEST_CASE("who has a job as it is gets 304 without a body", "[jobs]") {
  for (const auto* known : {"\"3\"", "W/\"3\"", "\"2\", \"3\"", "*"}) {
    CAPTURE(known);
    const auto answer = shown(pj::job_state::failed, known);
    CHECK(answer.status == 304);
    CHECK(answer.body_size() == 0);
    CHECK(has_field(answer, "ETag: \"3\""));
  }
  for (const auto* known : {"\"2\"", "3", "\"33\"", "\"3p\""}) {
    CAPTURE(known);
    CHECK(shown(pj::job_state::failed, known).status == 200);
  }
}

TEST_CASE("a wait ends at once for who knows another version of the job alone", "[jobs]") {
  const auto job = job_in(pj::job_state::queued);
  const auto knows_other = [&](std::string_view known, actors::jobs::vendor_wait wait = {}) {
    return knows_other_version(knowing(known), {job, job_noon, wait});
  };
  CHECK_FALSE(knows_other(""));
  CHECK_FALSE(knows_other("\"3p\""));
  CHECK_FALSE(knows_other("*"));
  CHECK(knows_other("\"3s\""));
  CHECK(knows_other("\"2p\""));
  CHECK(knows_other("\"3\""));
  // What it waits for is this process's own knowledge, and no version.
  const actors::jobs::vendor_wait open{actors::jobs::vendor_wait::reason::breaker, job_noon};
  CHECK_FALSE(knows_other("\"3p\"", open));
  CHECK_FALSE(knows_other(job_etag({job, job_noon, open})));
}

TEST_CASE("a job that was handed in has its place in a field, too", "[jobs]") {
  pj::accepted_job accepted;
  accepted.id = *pj::job_id::parse(one_id);
  auto answer = accepted_response(acceptance_of(accepted, job_noon), false);
  CHECK(answer.status == 202);
  CHECK(has_field(answer, std::string{"Location: /jobs/"} + one_id));
  CHECK(has_field(answer, "Retry-After: 1"));
  CHECK(has_field(answer, "Cache-Control: no-store"));
  CHECK(has_field(answer, "Vary: Prefer"));
  CHECK_FALSE(has_field_called(answer, "Idempotent-Replayed"));
  const auto again = accepted_response(acceptance_of(accepted, job_noon), true);
  CHECK(has_field(again, "Idempotent-Replayed: true"));
  CHECK(has_field(again, std::string{"Location: /jobs/"} + one_id));
  CHECK(text_of_answer(again) == text_of_answer(answer));
}

TEST_CASE("members of a batch's results are those of single answers", "[jobs]") {
  CHECK(batch_result({202, R"({"request_id":"x"})"}) == R"({"status":202,"request_id":"x"})");
  CHECK(batch_refusal(503, "QUEUE_FULL", "full") ==
        R"({"status":503,"error":{"code":"QUEUE_FULL","message":"full"}})");
  const std::vector<job_complaint> errors{{"/_job/priority", "bad"}, {"/_job/x", "unknown"}};
  CHECK(batch_refusal(400, "INVALID_JOB", "wrong", errors) ==
        R"({"status":400,"error":{"code":"INVALID_JOB","message":"wrong"},"errors":[)"
        R"({"pointer":"/_job/priority","detail":"bad"},)"
        R"({"pointer":"/_job/x","detail":"unknown"}]})");
}

TEST_CASE("a full page of a list leads to the next one", "[jobs]") {
  pj::list_filter filter;
  filter.limit = 1;
  filter.statuses = {"dead", "failed"};
  filter.vendor = "a&b";
  filter.created_before = job_noon;
  const std::vector<pj::job_summary> page{{*pj::job_id::parse(one_id), "v", {}, {}, {}, {}, {}}};
  const auto answer = job_list_response({}, filter, page, job_noon);
  const auto cursor = write_job_cursor(filter, page.front().id);
  CHECK(parsed(answer)["next_cursor"] == cursor);
  CHECK(has_field(answer,
                  "Link: </jobs?limit=1&status=dead,failed&vendor=a%26b&"
                  "created_before=1970-01-01T12:00:00.000Z&cursor=" +
                      cursor + ">; rel=\"next\""));
  filter.limit = 2;
  CHECK(parsed(job_list_response({}, filter, page, job_noon))["next_cursor"].is_null());
}

TEST_CASE("a cancel is answered by what it found", "[jobs]") {
  const auto id = *pj::job_id::parse(one_id);
  const auto answer_to = [&](pj::cancel_result::kind what, pj::job_state state) {
    pj::cancel_result done;
    done.what = what;
    done.state = state;
    return cancel_response({}, id, done, job_noon);
  };
  using kind = pj::cancel_result::kind;
  const auto cancelled = answer_to(kind::cancelled, pj::job_state::cancelled);
  CHECK(cancelled.status == 200);
  CHECK(parsed(cancelled) ==
        json{{"request_id", one_id}, {"status", "cancelled"}, {"cancel_requested", true}});
  const auto requested = answer_to(kind::requested, pj::job_state::processing);
  CHECK(requested.status == 202);
  CHECK(parsed(requested)["status"] == "processing");
  const auto ended = answer_to(kind::ended, pj::job_state::complete);
  CHECK(ended.status == 409);
  CHECK(parsed(ended)["error"]["code"] == "JOB_FINISHED");
  CHECK(parsed(ended)["job_status"] == "complete");
  CHECK(parsed(ended)["detail"] == "the job is complete");
  const auto unknown = answer_to(kind::not_found, pj::job_state::queued);
  CHECK(unknown.status == 404);
  CHECK(parsed(unknown)["error"]["code"] == "JOB_NOT_FOUND");
}

TEST_CASE("a webhook is answered by what became of it", "[jobs]") {
  using kind = pj::webhook_result::kind;
  const auto answer_to = [](kind what) {
    pj::webhook_result done;
    done.what = what;
    return webhook_response({}, done);
  };
  CHECK(text_of_answer(answer_to(kind::accepted)) == R"({"status":"accepted"})");
  CHECK(text_of_answer(answer_to(kind::duplicate)) == R"({"status":"duplicate"})");
  CHECK(text_of_answer(answer_to(kind::late)) == R"({"status":"late"})");
  CHECK(answer_to(kind::late).status == 200);
  CHECK(text_of_answer(answer_to(kind::stored)) == R"({"status":"stored"})");
  CHECK(answer_to(kind::stored).status == 202);
  CHECK(answer_to(kind::vendor_mismatch).status == 409);
  CHECK(parsed(answer_to(kind::vendor_mismatch))["error"]["code"] == "VENDOR_MISMATCH");
  CHECK(answer_to(kind::refused).status == 401);
  CHECK(text_of_answer(answer_to(kind::refused)) == text_of_answer(webhook_refused({})));
}

TEST_CASE("all that is wrong with a job is listed", "[jobs]") {
  job_refusal refusal;
  refusal.errors = {{"/_job/a~1b", "unknown"}, {"/_job/priority", "not a word"}};
  const auto answer = invalid_job({}, refusal);
  CHECK(answer.status == 400);
  CHECK(answer.content_type == "application/problem+json");
  const auto document = parsed(answer);
  CHECK(document["error"]["code"] == "INVALID_JOB");
  CHECK(document["type"] == "urn:tributary:problem:invalid-job");
  CHECK(document["detail"] == "2 things are wrong");
  CHECK(document["errors"] == json::parse(R"([{"pointer":"/_job/a~1b","detail":"unknown"},
                                       {"pointer":"/_job/priority","detail":"not a word"}])"));
  refusal.code = "INVALID_CALLBACK_URL";
  refusal.errors.pop_back();
  CHECK(parsed(invalid_job({}, refusal))["error"]["code"] == "INVALID_CALLBACK_URL");
  CHECK(parsed(invalid_job({}, refusal))["detail"] == "unknown");
}

TEST_CASE("in a batch that must be whole, pointers lead to the payload", "[jobs]") {
  const std::vector<std::pair<std::size_t, job_refusal>> refusals{
      {0, {"INVALID_JOB", {{"/_job/x", "unknown"}}}},
      {12, {"INVALID_JOB", {{"/_job", "no object"}}}}};
  const auto document = parsed(invalid_jobs({}, refusals));
  CHECK(document["status"] == 400);
  CHECK(document["errors"] == json::parse(R"([{"pointer":"/jobs/0/_job/x","detail":"unknown"},
                                       {"pointer":"/jobs/12/_job","detail":"no object"}])"));
}

TEST_CASE("what cannot be done now says when to come again", "[jobs]") {
  struct row {
    response answer;
    int status;
    const char* code;
  };
  for (const auto& each :
       {row{store_refused({}, store_refusal::unavailable), 503, "STORE_UNAVAILABLE"},
        row{store_refused({}, store_refusal::overloaded), 503, "OVERLOADED"},
        row{queue_full({}), 503, "QUEUE_FULL"},
        row{key_conflict({}, pj::accepted_job::kind::in_progress), 409,
            "IDEMPOTENCY_IN_PROGRESS"}}) {
    CAPTURE(each.code);
    CHECK(each.answer.status == each.status);
    CHECK(parsed(each.answer)["error"]["code"] == each.code);
    CHECK(has_field(each.answer, "Retry-After: 1"));
  }
  const auto reused = key_conflict({}, pj::accepted_job::kind::key_reused);
  CHECK(reused.status == 422);
  CHECK(parsed(reused)["error"]["code"] == "IDEMPOTENCY_KEY_REUSED");
  CHECK_FALSE(has_field_called(reused, "Retry-After"));
}

}  // namespace tributary::tests
