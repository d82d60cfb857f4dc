// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_document.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
using actors::jobs::vendor_wait;
using std::chrono::milliseconds;

constexpr const char* name_text = "0191e4a8-0000-7000-8000-0000000000ab";

pj::instant at_ms(std::int64_t milliseconds_since_1970) {
  return pj::instant{milliseconds{milliseconds_since_1970}};
}

pj::job some_job() {
  pj::job result;
  result.id = *pj::job_id::parse(name_text);
  result.vendor = "sync";
  result.version = 7;
  result.max_attempts = 8;
  result.created_at = at_ms(1'000);
  result.updated_at = at_ms(2'500);
  result.run_at = at_ms(1'000);
  return result;
}

std::string document_of(const pj::job& job, pj::instant now = at_ms(10'000),
                        vendor_wait wait = {}) {
  return job_document({job, now, wait});
}

std::string etag_of(const pj::job& job, pj::instant now = at_ms(10'000), vendor_wait wait = {}) {
  return job_etag({job, now, wait});
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a job that waits is told with all its members, in their order", "[jobs]") {
  CHECK(document_of(some_job()) ==
        R"({"request_id":"0191e4a8-0000-7000-8000-0000000000ab","status":"pending","result":null,)"
        R"("error":null,"created_at":"1970-01-01T00:00:01.000Z",)"
        R"("updated_at":"1970-01-01T00:00:02.500Z","vendor":"sync","priority":"normal",)"
        R"("attempt":0,"max_attempts":8,"round":1,"run_at":"1970-01-01T00:00:01.000Z",)"
        R"("expires_at":null,"cancel_requested":false,"progress":null,"waiting_on":null,)"
        R"("attempts":[],"callback":null})");
}

TEST_CASE("a queued job is scheduled before its time, and pending from then on", "[jobs]") {
  auto job = some_job();
  job.run_at = at_ms(5'000);
  CHECK(has(document_of(job, at_ms(4'999)), R"("status":"scheduled")"));
  CHECK(has(document_of(job, at_ms(5'000)), R"("status":"pending")"));
  CHECK(etag_of(job, at_ms(4'999)) != etag_of(job, at_ms(5'000)));
}

TEST_CASE("a complete job has its result with the digits that it came with", "[jobs]") {
  auto job = some_job();
  job.state = pj::job_state::complete;
  job.result = R"({"score":0.950,"big":123456789012345678901234567890})";
  job.processed_at = at_ms(1'700'000'000'042);
  CHECK(has(document_of(job),
            R"("result":{"vendor":"sync","vendor_type":"sync","processed_at":1700000000.042,)"
            R"("result":{"score":0.950,"big":123456789012345678901234567890}})"));
  job.asynchronous = true;
  CHECK(has(document_of(job), R"("vendor_type":"async")"));
  job.state = pj::job_state::failed;
  CHECK(has(document_of(job), R"("result":null)"));
}

TEST_CASE("an error is told by its code and its words", "[jobs]") {
  auto job = some_job();
  job.state = pj::job_state::dead;
  job.error = pj::job_error{"ATTEMPTS_USED_UP", "it said \"no\"\n"};
  CHECK(has(document_of(job), R"("error":{"code":"ATTEMPTS_USED_UP",)"
                              R"("message":"it said \"no\"\n"})"));
}

TEST_CASE("attempts are told in order, with null for what there was not", "[jobs]") {
  auto job = some_job();
  job.attempts.push_back(
      {1, at_ms(1'000), milliseconds{250}, pj::attempt_outcome::retry, "status", 503, "busy"});
  job.attempts.push_back(
      {2, at_ms(3'000), milliseconds{10}, pj::attempt_outcome::success, "", 0, ""});
  CHECK(has(document_of(job),
            R"("attempts":[{"attempt":1,"started_at":"1970-01-01T00:00:01.000Z",)"
            R"("duration_ms":250,"outcome":"retry","class":"status","status":503,)"
            R"("message":"busy"},{"attempt":2,"started_at":"1970-01-01T00:00:03.000Z",)"
            R"("duration_ms":10,"outcome":"success","class":null,"status":null,)"
            R"("message":null}])"));
}

TEST_CASE("a callback is told without its query, which may have a secret", "[jobs]") {
  auto job = some_job();
  job.callback = pj::callback_wish{"https://h/p?token=hidden", {}};
  job.callback_tries = 2;
  const auto document = document_of(job);
  CHECK(has(document, R"("callback":{"url":"https://h/p","delivered":false,"tries":2})"));
  CHECK_FALSE(has(document, "hidden"));
}

TEST_CASE("progress and expiry are told as they are", "[jobs]") {
  auto job = some_job();
  job.progress = R"({"percent":1.50})";
  job.expires_at = at_ms(60'001);
  job.cancel_requested = true;
  const auto document = document_of(job);
  CHECK(has(document, R"("progress":{"percent":1.50})"));
  CHECK(has(document, R"("expires_at":"1970-01-01T00:01:00.001Z","cancel_requested":true)"));
}

TEST_CASE("what a job waits for is its vendor's, once it is due", "[jobs]") {
  auto job = some_job();
  const vendor_wait open{vendor_wait::reason::breaker, at_ms(15'000)};
  CHECK(has(document_of(job, at_ms(10'000), open),
            R"("waiting_on":{"vendor":"sync","reason":"breaker",)"
            R"("until":"1970-01-01T00:00:15.000Z"})"));
  CHECK(has(document_of(job, at_ms(10'000), {vendor_wait::reason::concurrency, {}}),
            R"("reason":"concurrency","until":null)"));
  job.run_at = at_ms(20'000);
  CHECK(has(document_of(job, at_ms(10'000), open), R"("waiting_on":null)"));
  job.round_attempts = 1;
  CHECK(has(document_of(job, at_ms(10'000), open),
            R"("reason":"backoff","until":"1970-01-01T00:00:20.000Z")"));
  job.state = pj::job_state::processing;
  CHECK(has(document_of(job, at_ms(10'000), open), R"("waiting_on":null)"));
}

TEST_CASE("an entity tag is the same for equal documents alone", "[jobs]") {
  auto job = some_job();
  const vendor_wait open{vendor_wait::reason::breaker, at_ms(15'000)};
  CHECK(etag_of(job) == "\"7p\"");
  CHECK(etag_of(job) == etag_of(job, at_ms(11'000)));
  CHECK(etag_of(job, at_ms(10'000), open) == etag_of(job, at_ms(11'000), open));
  CHECK(etag_of(job, at_ms(10'000), open) != etag_of(job));
  CHECK(etag_of(job, at_ms(10'000), open) !=
        etag_of(job, at_ms(10'000), {open.why, at_ms(15'001)}));
  CHECK(etag_of(job, at_ms(10'000), open).starts_with(version_tag({job, at_ms(10'000), open})));
  job.state = pj::job_state::processing;
  CHECK(etag_of(job, at_ms(10'000), open) == "\"7\"");
  job.version = 8;
  CHECK(etag_of(job) == "\"8\"");
}

TEST_CASE("who has handed in a job is told where it is", "[jobs]") {
  pj::accepted_job accepted;
  accepted.id = *pj::job_id::parse(name_text);
  accepted.run_at = at_ms(5'000);
  const auto paths = std::string{R"("status_url":"/jobs/)"} + name_text +
                     R"(","events_url":"/jobs/)" + name_text + R"(/events","cancel_url":"/jobs/)" +
                     name_text + "/cancel\"";
  const auto start = std::string{R"({"request_id":")"} + name_text + '"';
  CHECK(acceptance_of(accepted, at_ms(5'000)) ==
        pj::kept_answer{202, start + R"(,"status":"pending",)" + paths + '}'});
  CHECK(acceptance_of(accepted, at_ms(4'999)) ==
        pj::kept_answer{202, start + R"(,"status":"scheduled",)" + paths + '}'});
  accepted.what = pj::accepted_job::kind::deduplicated;
  accepted.state = pj::job_state::processing;
  CHECK(acceptance_of(accepted, at_ms(5'000)) ==
        pj::kept_answer{200,
                        start + R"(,"status":"processing",)" + paths + R"(,"deduplicated":true})"});
}

TEST_CASE("a list has a line for each job, and a cursor or null", "[jobs]") {
  pj::job_summary one;
  one.id = *pj::job_id::parse(name_text);
  one.vendor = "a\"b";
  one.run_at = at_ms(9'000);
  one.created_at = at_ms(1);
  one.updated_at = at_ms(2);
  const std::vector<pj::job_summary> jobs{one, one};
  const std::string line =
      R"({"request_id":"0191e4a8-0000-7000-8000-0000000000ab","status":"scheduled",)"
      R"("vendor":"a\"b","priority":"normal","created_at":"1970-01-01T00:00:00.001Z",)"
      R"("updated_at":"1970-01-01T00:00:00.002Z"})";
  CHECK(job_list_document(jobs, "c", at_ms(5)) ==
        R"({"jobs":[)" + line + "," + line + R"(],"next_cursor":"c"})");
  CHECK(job_list_document({}, "", at_ms(5)) == R"({"jobs":[],"next_cursor":null})");
}

}  // namespace tributary::tests
