// SPDX-License-Identifier: MIT
#include "actors/supervision/rules.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace tributary::actors::supervision {

using namespace std::chrono_literals;

namespace {

child_rules child(std::string id) {
  child_rules result;
  result.id = std::move(id);
  return result;
}

struct setup {
  supervisor_rules rules;
  std::vector<child_rules> children{child("a"), child("b")};
};

}  // namespace

TEST_CASE("the defaults of supervisors and children are the documented ones", "[supervision]") {
  const supervisor_rules s;
  CHECK(s.strategy == strategy::one_for_one);
  CHECK(s.intensity == 5);
  CHECK(s.period == 30s);
  CHECK(s.auto_shutdown == auto_shutdown::never);
  CHECK(s.keep_order);
  const child_rules c;
  CHECK(c.restart == restart_kind::permanent);
  CHECK(c.type == child_type::leaf);
  CHECK(c.start_timeout == 5s);
  CHECK_FALSE(c.significant);
  CHECK(c.counted);
  CHECK(c.backoff.min == 100ms);
  CHECK(c.backoff.factor == 2.0);
  CHECK(c.backoff.max == 5s);
  CHECK(c.backoff.jitter == 0.2);
  CHECK(c.backoff.effective_reset_after() == 2550ms);
  CHECK(c.effective_shutdown().kind == shutdown_rule::how::timed);
  CHECK(c.effective_shutdown().limit == 5s);
  child_rules supervisor;
  supervisor.type = child_type::supervisor;
  CHECK(supervisor.effective_shutdown().kind == shutdown_rule::how::infinity);
  CHECK(kill_grace == 2s);
}

TEST_CASE("the restart table: kind of child against class of exit", "[supervision]") {
  struct row {
    restart_kind kind;
    bool normal, shutdown, abnormal;
  };
  for (const auto& r : {row{restart_kind::permanent, true, true, true},
                        row{restart_kind::transient, false, false, true},
                        row{restart_kind::temporary, false, false, false}}) {
    CAPTURE(to_string(r.kind));
    CHECK(restarts_after(r.kind, exit_class::normal) == r.normal);
    CHECK(restarts_after(r.kind, exit_class::shutdown) == r.shutdown);
    CHECK(restarts_after(r.kind, exit_class::abnormal) == r.abnormal);
  }
}

TEST_CASE("a specification with a mistake is refused and says where", "[supervision]") {
  struct row {
    const char* text;
    std::function<void(setup&)> spoil;
  };
  const std::vector<row> rows{
      {"duplicate child id \"a\"", [](setup& s) { s.children[1].id = "a"; }},
      {"must not be empty", [](setup& s) { s.children[0].id = ""; }},
      {"contain '/'", [](setup& s) { s.children[0].id = "a/b"; }},
      {"cannot be significant", [](setup& s) { s.children[0].significant = true; }},
      {"needs a significant child",
       [](setup& s) { s.rules.auto_shutdown = auto_shutdown::any_significant; }},
      {"period must be longer than 0", [](setup& s) { s.rules.period = 0ms; }},
      {"start_timeout must not be negative", [](setup& s) { s.children[0].start_timeout = -1ms; }},
      {"0 < min <= max", [](setup& s) { s.children[0].backoff.max = 1ms; }},
      {"factor must be at least 1", [](setup& s) { s.children[0].backoff.factor = 0.5; }},
      {"jitter must be in [0, 1)", [](setup& s) { s.children[0].backoff.jitter = 1.0; }},
      {"exactly one template", [](setup& s) { s.rules.strategy = strategy::simple_one_for_one; }},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    setup s;
    CHECK(validate(s.rules, s.children).errors.empty());
    r.spoil(s);
    const auto report = validate(s.rules, s.children);
    REQUIRE(report.errors.size() == 1);
    CHECK(report.errors.front().find(r.text) != std::string::npos);
  }
}

TEST_CASE("a child that can fail to start for ever without escalation is warned of",
          "[supervision]") {
  setup s;
  CHECK(validate(s.rules, s.children).warnings.empty());  // 5 × 5 s + 3.1 s: just inside
  s.children[1].start_timeout = 6s;
  const auto report = validate(s.rules, s.children);
  CHECK(report.errors.empty());
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings.front().find("child \"b\"") != std::string::npos);
  CHECK(report.warnings.front().find("33100 ms") != std::string::npos);
  s.children[1].counted = false;  // meant to be retried for ever
  CHECK(validate(s.rules, s.children).warnings.empty());
}

}  // namespace tributary::actors::supervision
