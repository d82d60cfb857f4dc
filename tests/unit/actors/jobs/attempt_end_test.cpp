// SPDX-License-Identifier: MIT
#include "actors/jobs/attempt_end.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::tests {

using namespace std::chrono_literals;
using namespace actors::jobs;
using config::on_unknown_outcome;
using pj::attempt_outcome;
using pv::failure_class;

namespace {

class attempt_fixture {
 public:
  attempt_fixture() {
    job.id = *pj::job_id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
    job.attempt = 7;
    job.round_attempts = 2;
    job.max_attempts = 3;
    vendor.retry = {3, 1s, 15min};
  }

  attempt_view view() const { return {job, vendor, began, began + 1500ms, 0.5, clean}; }

  pj::settle end(pv::vendor_verdict verdict) const {
    auto result = end_by(view(), std::move(verdict));
    REQUIRE(std::holds_alternative<pj::settle>(result));
    return std::get<pj::settle>(result);
  }

  const pj::instant began{1'000'000s};
  const std::function<std::string(std::string_view)> clean = [](std::string_view json) {
    return "cleaned:" + std::string{json};
  };
  pj::job job;
  config::vendor_settings vendor;
};

}  // namespace

TEST_CASE("A result is cleaned and completes its job, under the fence of its attempt") {
  const attempt_fixture f;
  const auto end = f.end(pv::vendor_done{R"({"a":1})"});
  CHECK(end.id == f.job.id);
  CHECK(end.attempt == 7);
  CHECK(std::get<pj::settle::complete>(end.how).result == R"(cleaned:{"a":1})");
  REQUIRE(end.record);
  CHECK(end.record->attempt == 7);
  CHECK(end.record->outcome == attempt_outcome::success);
  CHECK(end.record->started_at == f.began);
  CHECK(end.record->duration == 1500ms);
}

TEST_CASE("A job that its vendor has accepted waits for the vendor's deadline") {
  attempt_fixture f;
  f.vendor.callback_deadline = 7min;
  const auto end = f.end(pv::vendor_accepted{"av-1"});
  const auto& await = std::get<pj::settle::await>(end.how);
  CHECK(await.reference == "av-1");
  CHECK(await.deadline == 7min);
}

TEST_CASE("What may pass is tried again after a delay that grows with the attempts of the round") {
  attempt_fixture f;
  const auto end = f.end(pv::vendor_retry{failure_class::status, 503, "status 503", std::nullopt});
  CHECK(std::get<pj::settle::retry>(end.how).delay == 1s);  // half of 2 s
  CHECK_FALSE(std::get<pj::settle::retry>(end.how).crashed);
  REQUIRE(end.record);
  CHECK(end.record->outcome == attempt_outcome::retry);
  CHECK(end.record->failure == "status");
  CHECK(end.record->status == 503);
  f.job.round_attempts = 1;
  const auto first = f.end(pv::vendor_retry{failure_class::status, 503, "", std::nullopt});
  CHECK(std::get<pj::settle::retry>(first.how).delay == 500ms);
}

TEST_CASE("A vendor's wish to be left alone is heeded where it is longer than the backoff") {
  const attempt_fixture f;
  const auto end = f.end(pv::vendor_retry{failure_class::status, 429, "", 90'000ms});
  CHECK(std::get<pj::settle::retry>(end.how).delay == 90s);
}

TEST_CASE("With the last attempt of the round used up a job is dead") {
  attempt_fixture f;
  f.job.round_attempts = 3;
  const auto end = f.end(pv::vendor_retry{failure_class::connect, 0, "refused", std::nullopt});
  CHECK(std::get<pj::settle::bury>(end.how).error ==
        pj::job_error{"ATTEMPTS_EXHAUSTED", "refused"});
  CHECK(end.record->failure == "connect");
}

TEST_CASE("A call that a guard did not let through uses no attempt and leaves no record") {
  const attempt_fixture f;
  const auto end = f.end(pv::vendor_not_asked{"breaker_open", 4s});
  CHECK(std::get<pj::settle::release>(end.how).delay == 4s);
  CHECK_FALSE(end.record);
  const auto silent = f.end(pv::vendor_not_asked{"dropped", std::nullopt});
  CHECK(std::get<pj::settle::release>(silent.how).delay > 0ms);
}

TEST_CASE("A refusal of the vendor is the job's end") {
  const attempt_fixture f;
  const auto end = f.end(pv::vendor_refused{failure_class::status, 422, "status 422"});
  CHECK(std::get<pj::settle::fail>(end.how).error == pj::job_error{"VENDOR_REFUSED", "status 422"});
  CHECK(end.record->outcome == attempt_outcome::failure);
  CHECK(end.record->status == 422);
}

TEST_CASE("What is done where nobody knows the outcome is the vendor's setting") {
  attempt_fixture f;
  const pv::vendor_unknown unknown{failure_class::timeout, "no answer in time"};
  f.vendor.on_unknown = on_unknown_outcome::retry;
  const auto again = f.end(unknown);
  CHECK(std::holds_alternative<pj::settle::retry>(again.how));
  CHECK(again.record->outcome == attempt_outcome::unknown);
  f.vendor.on_unknown = on_unknown_outcome::park;
  const auto parked = f.end(unknown);
  CHECK(std::get<pj::settle::bury>(parked.how).error ==
        pj::job_error{"OUTCOME_UNKNOWN", "no answer in time"});
  CHECK(parked.record->outcome == attempt_outcome::unknown);
  f.vendor.on_unknown = on_unknown_outcome::lookup;
  CHECK(std::holds_alternative<ask_vendor>(end_by(f.view(), unknown)));
}

TEST_CASE("A vendor that is asked what became of an attempt decides how it ends") {
  attempt_fixture f;
  CHECK(std::get<pj::settle::complete>(end_by_look_up(f.view(), pv::vendor_done{"1"}).how).result ==
        "cleaned:1");
  for (const pv::look_up_verdict& verdict :
       {pv::look_up_verdict{pv::vendor_failed{}}, pv::look_up_verdict{pv::vendor_unaware{}},
        pv::look_up_verdict{pv::vendor_not_asked{}}, pv::look_up_verdict{pv::vendor_retry{}},
        pv::look_up_verdict{pv::vendor_running{}}}) {
    CHECK(std::holds_alternative<pj::settle::retry>(end_by_look_up(f.view(), verdict).how));
  }
  f.vendor.kind = config::vendor_kind::async;
  CHECK(std::holds_alternative<pj::settle::await>(
      end_by_look_up(f.view(), pv::vendor_running{}).how));
}

TEST_CASE("A job whose vendor is overdue waits once more while that is still at it") {
  const attempt_fixture f;
  const auto once = end_by_overdue_look_up(f.view(), false, pv::vendor_running{});
  REQUIRE(once);
  CHECK(std::holds_alternative<pj::settle::await>(once->how));
  CHECK_FALSE(once->record);
  const auto twice = end_by_overdue_look_up(f.view(), true, pv::vendor_running{});
  REQUIRE(twice);
  CHECK(std::holds_alternative<pj::settle::retry>(twice->how));
  const auto done = end_by_overdue_look_up(f.view(), true, pv::vendor_done{"1"});
  REQUIRE(done);
  CHECK(std::holds_alternative<pj::settle::complete>(done->how));
  const auto lost = end_by_overdue_look_up(f.view(), false, pv::vendor_unaware{});
  REQUIRE(lost);
  CHECK(std::holds_alternative<pj::settle::retry>(lost->how));
}

TEST_CASE("A vendor that could not be asked after an overdue job is asked again later") {
  const attempt_fixture f;
  CHECK_FALSE(end_by_overdue_look_up(f.view(), false, pv::vendor_not_asked{}));
}

}  // namespace tributary::tests
