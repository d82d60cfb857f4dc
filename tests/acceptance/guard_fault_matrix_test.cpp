// SPDX-License-Identifier: MIT
// Each guard against each fault: what the caller sees and when, what is left behind, and that all
// is well again once the fault is over.
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using actors::guards::breaker_state;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr auto endpoint_timeout = 500ms;
constexpr auto slow = 150ms;
/// Beyond its time limit, an answer may be late by what a busy machine needs.
constexpr auto guard_tolerance = 3s;

/// One way of misbehaving, and what a caller without any guard sees of it.
struct fault {
  std::string name;
  std::function<void(stub_upstream&)> begin;
  int status;            ///< of an answer that needs the part
  std::string evidence;  ///< in Aggregate-Status
  bool failure;          ///< for a breaker
  bool retried = false;  ///< by one who may
  bool timed = false;    ///< lasts as long as the caller lets it
  bool asks = false;     ///< for a pause
};

script forever_dripping() {
  script result;
  result.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 100; ++i) result.send(" ").pause(50ms);
  return result;
}

/// Never fresh, so that each request asks for it; a cache may serve it when that fails.
script good() { return answer("1", 200, "Cache-Control: max-age=0, stale-if-error=60\r\n"); }

const std::vector<fault>& faults() {
  static const std::vector<fault> all = {
      {"refuse", [](auto& s) { s.refuse(); }, 502, "error=connection_refused", true, true},
      {"reset-early", [](auto& s) { always(s, script{}.reset()); }, 502,
       "error=connection_terminated", true, true},
      {"reset-late",
       [](auto& s) {
         always(s, script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").reset());
       },
       502, "error=http_response_incomplete", true},
      {"hang", [](auto& s) { always(s, script{}.hang()); }, 504, "error=http_response_timeout",
       true, false, true},
      {"drip", [](auto& s) { always(s, forever_dripping()); }, 504, "error=http_response_timeout",
       true, false, true},
      {"truncate",
       [](auto& s) {
         always(s, script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"").close());
       },
       502, "error=http_response_incomplete", true},
      {"garbage", [](auto& s) { always(s, script{}.send("SSH-2.0-x\r\n\r\n").close()); }, 502,
       "error=http_protocol_error", true},
      {"500", [](auto& s) { always(s, answer("{}", 500)); }, 502,
       "error=http_response_status;status=500", true},
      {"429", [](auto& s) { always(s, answer("{}", 429, "Retry-After: 1\r\n")); }, 502,
       "error=http_response_status;status=429", false},
      {"503", [](auto& s) { always(s, answer("{}", 503, "Retry-After: 1\r\n")); }, 502,
       "error=http_response_status;status=503", true, false, false, true},
      {"slow", [](auto& s) { always(s, script{}.pause(slow).send(good())); }, 200, "status=200",
       false},
  };
  return all;
}

/// What a caller is to see.
struct expected {
  int status;
  std::string evidence;         ///< in Aggregate-Status
  bool prompt = false;          ///< the upstream was not waited for
  std::string absent = "\xff";  ///< not in Aggregate-Status
};

/// One guard: its settings, what the first and the second caller see, and what is left behind.
struct guard {
  std::string name;
  std::string upstream_settings;
  std::string part_settings;
  std::function<expected(const fault&)> first;
  std::function<expected(const fault&)> second;
  std::function<breaker_state(const fault&)> state;
};

expected plain(const fault& f) { return {f.status, f.evidence}; }

breaker_state stays_closed(const fault&) { return breaker_state::closed; }

const std::vector<guard>& guards() {
  constexpr auto off = R"("breaker": false, "back_pressure": false)";
  static const std::vector<guard> all = {
      {"none", off, "", plain, plain, stays_closed},
      {"limiter",
       R"("breaker": false, "back_pressure": false, "rate_limit": {"rate": 2, "period": "3s", "burst": 2})",
       "", plain,
       [](const fault&) -> expected {
         return {503, "error=connection_limit_reached;detail=rate_limited", true};
       },
       stays_closed},
      {"breaker",
       R"("back_pressure": false,
          "breaker": {"min_calls": 2, "failure_rate": 0.5, "open_for": "300ms", "jitter": 0,
                      "half_open_successes": 1})",
       "", plain,
       [](const fault& f) -> expected {
         if (!f.failure) return plain(f);
         return {503, "error=destination_unavailable;detail=breaker_open", true};
       },
       [](const fault& f) { return f.failure ? breaker_state::open : breaker_state::closed; }},
      {"bulkhead",
       R"("breaker": false, "back_pressure": false, "bulkhead": {"max_in_flight": 1, "queue": 0})",
       "", plain, plain, stays_closed},
      {"back-pressure", R"("breaker": false)", "", plain,
       [](const fault& f) -> expected {
         if (!f.asks) return plain(f);
         return {503, "error=destination_unavailable;detail=backoff", true};
       },
       stays_closed},
      {"retry",
       R"("breaker": false, "back_pressure": false,
          "retry": {"max": 1, "base_delay": "1ms", "max_delay": "1ms"})",
       "",
       [](const fault& f) -> expected {
         if (f.retried) return {f.status, "attempts=2"};
         return {f.status, f.evidence, false, "attempts"};
       },
       [](const fault& f) -> expected {
         return {f.status, f.retried ? "attempts=2" : f.evidence};
       },
       stays_closed},
      {"part cache", off, R"(, "cache": {})",
       [](const fault& f) -> expected {
         return f.failure ? expected{200, "source=stale;age="} : plain(f);
       },
       [](const fault& f) -> expected {
         return f.failure ? expected{200, "source=stale;age="} : plain(f);
       },
       stays_closed},
      {"fallback", off, R"(, "fallback": [{"static": {"instead": true}}])",
       [](const fault& f) -> expected {
         return f.failure ? expected{200, "source=static"} : plain(f);
       },
       [](const fault& f) -> expected {
         return f.failure ? expected{200, "source=static"} : plain(f);
       },
       stays_closed},
  };
  return all;
}

/// One gateway with one guard before one upstream that is well at first.
class cell {
 public:
  cell(const guard& with, const fault& what) : guard_(with), fault_(what) {
    upstream_.always(good());
  }

  void run() {
    CAPTURE(guard_.name, fault_.name);
    check(gateway_.get("/e"), {200, "status=200"});
    fault_.begin(upstream_);
    report("first", guard_.first(fault_));
    settle();
    report("second", guard_.second(fault_));
    settle();
    const auto state = upstreams_of(gateway_).front()->state.load();
    CHECK(state == guard_.state(fault_));
    if (state != breaker_state::closed) summary_ += " " + std::string{to_string(state)};
    recover();
  }

  const std::string& summary() const noexcept { return summary_; }

 private:
  static config::settings settings(const guard& with, const std::string& url) {
    auto result = configured(R"({"upstreams": {"s": {"url": ")" + url + R"(", )" +
                             with.upstream_settings + R"(}},
        "endpoints": {"e": {"path": "/e", "parts": {"a": {"upstream": "s", "path": "/a")" +
                             with.part_settings + "}}}}}");
    alter_endpoint(result, [](auto& endpoint) {
      endpoint.timeout = endpoint_timeout;
      // What stands in for a part that timed out has time to, on a busy machine too.
      endpoint.merge_reserve = endpoint_timeout / 5;
    });
    return result;
  }

  void check(const std::string& told, const expected& wanted) {
    const auto status = header_of(told, "Aggregate-Status");
    CAPTURE(status);
    CHECK(status_of(told) == wanted.status);
    CHECK(status.find(wanted.evidence) != std::string::npos);
    CHECK(status.find(wanted.absent) == std::string::npos);
    CHECK(header_of(told, "Aggregate-Complete") == (wanted.status == 200 ? "?1" : "?0"));
    CHECK(header_of(told, "Retry-After").empty() == (wanted.status == 200));
  }

  void report(const std::string& which, const expected& wanted) {
    CAPTURE(which);
    const auto began = clock::now();
    const auto told = gateway_.get("/e");
    const auto took = std::chrono::duration_cast<milliseconds>(clock::now() - began);
    check(told, wanted);
    const auto waits = fault_.timed && !wanted.prompt;
    CHECK(took >= (waits ? endpoint_timeout * 7 / 10 : 0ms));
    CHECK(took < (waits ? endpoint_timeout : 0ms) + guard_tolerance);
    if (!summary_.empty()) summary_ += " ";
    summary_ += std::to_string(status_of(told));
  }

  /// A caller may be answered before the guards have heard of it.
  void settle() {
    const auto& upstream = *upstreams_of(gateway_).front();
    CHECK(eventually([&] {
      return upstream.places.in_flight() == 0 && upstream.state == guard_.state(fault_);
    }));
  }

  void recover() {
    if (fault_.name == "refuse") upstream_.serve_again();
    upstream_.always(good());
    CHECK(eventually([&] {
      const auto told = gateway_.get("/e");
      return status_of(told) == 200 &&
             header_of(told, "Aggregate-Status").find("a;status=200") == 0;
    }));
    CHECK(
        eventually([&] { return upstreams_of(gateway_).front()->state == breaker_state::closed; }));
    CHECK(upstreams_of(gateway_).front()->places.in_flight() == 0);
  }

  const guard& guard_;
  const fault& fault_;
  stub_upstream upstream_;
  running_gateway gateway_{settings(guard_, upstream_.url())};
  std::string summary_;
};

}  // namespace

TEST_CASE("each guard meets each fault as it should, and all is well again afterwards",
          "[failures][matrix]") {
  std::string table = "status of the first and the second caller, and what is left behind\n";
  char line[64];
  std::snprintf(line, sizeof line, "%-14s", "");
  table += line;
  for (const auto& each : faults()) {
    std::snprintf(line, sizeof line, "%-14s", each.name.c_str());
    table += line;
  }
  for (const auto& with : guards()) {
    std::snprintf(line, sizeof line, "\n%-14s", with.name.c_str());
    table += line;
    for (const auto& what : faults()) {
      cell tested{with, what};
      tested.run();
      std::snprintf(line, sizeof line, "%-14s", tested.summary().c_str());
      table += line;
    }
  }
  std::printf("%s\n", table.c_str());
}

}  // namespace tributary::tests
