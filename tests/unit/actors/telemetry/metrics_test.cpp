// SPDX-License-Identifier: MIT
#include "actors/telemetry/metrics.hpp"

#include "metrics_lines.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tributary::actors::telemetry {

using tests::has_line;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

/// Metrics that the program does not have.
namespace rows {
using enum metric_kind;
constexpr metric events{counter, "events_total", "", "Events."};
constexpr metric running{gauge, "running", "", "Running."};
constexpr metric waits{histogram, "wait_seconds", "", "Waits."};
constexpr metric labelled{histogram, "h_seconds", "a", "H."};
constexpr metric odd{counter, "odd_total", "v", "Back\\slash\nand line."};
constexpr metric plain{gauge, "plain", "", "A gauge."};
constexpr metric two_labels{counter, "a_total", "first l", "A."};
constexpr metric depth{gauge, "depth", "actor", "Depth."};
}  // namespace rows

}  // namespace

TEST_CASE("counting from many threads is exact", "[telemetry][metrics]") {
  constexpr std::array<nanoseconds, 2> bounds{1ms, 1s};
  registry metrics;
  const auto events = metrics.make_counter(metric_name{rows::events});
  const auto running = metrics.make_level(metric_name{rows::running});
  const auto waits = metrics.make_histogram(metric_name{rows::waits}, bounds);
  constexpr int rounds = 20'000;
  // More threads than shards: some share one.
  std::vector<std::thread> threads;
  for (int i = 0; i != 24; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n != rounds; ++n) {
        events.add();
        running.add(3);
        running.add(-2);
        waits.observe(2ms);
      }
    });
  }
  for (auto& one : threads) one.join();
  CHECK(events.value() == 24 * rounds);
  CHECK(running.value() == 24 * rounds);
  CHECK(waits.count() == 24 * rounds);
  CHECK(waits.sum() == 24 * rounds * 2ms);
}

TEST_CASE("a level may be raised by one thread and lowered by another", "[telemetry][metrics]") {
  registry metrics;
  const auto running = metrics.make_level(metric_name{rows::running});
  std::thread([&] { running.add(1); }).join();
  std::thread([&] { running.add(-1); }).join();
  CHECK(running.value() == 0);
  running.add(-1);
  CHECK(has_line(metrics.render(), "running 0"));
}

TEST_CASE("a bucket includes its upper bound", "[telemetry][metrics]") {
  constexpr std::array<nanoseconds, 3> bounds{50us, 1ms, 2500ms};
  struct {
    nanoseconds value;
    std::array<int, 4> cumulative;
  } const rows[] = {
      {-1ns, {1, 1, 1, 1}},       {0ns, {1, 1, 1, 1}},    {50us, {1, 1, 1, 1}},
      {50us + 1ns, {0, 1, 1, 1}}, {1ms, {0, 1, 1, 1}},    {1ms + 1ns, {0, 0, 1, 1}},
      {2500ms, {0, 0, 1, 1}},     {2501ms, {0, 0, 0, 1}}, {48h, {0, 0, 0, 1}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value.count());
    registry metrics;
    metrics.make_histogram(metric_name{rows::labelled}, bounds, {{"a", "b"}}).observe(row.value);
    const auto text = metrics.render();
    const std::array<std::string, 4> names{"5e-05", "0.001", "2.5", "+Inf"};
    for (std::size_t i = 0; i != 4; ++i) {
      CHECK(has_line(text, "h_seconds_bucket{a=\"b\",le=\"" + names[i] + "\"} " +
                               std::to_string(row.cumulative[i])));
    }
    CHECK(has_line(text, "h_seconds_count{a=\"b\"} 1"));
  }
}

TEST_CASE("a histogram adds up what it saw, given as duration or in seconds",
          "[telemetry][metrics]") {
  constexpr std::array<nanoseconds, 1> bounds{1s};
  registry metrics;
  const auto h = metrics.make_histogram(metric_name{rows::labelled}, bounds);
  h.observe(250ms);
  h.observe(0.5);
  CHECK(h.count() == 2);
  CHECK(h.sum() == 750ms);
  CHECK(has_line(metrics.render(), "h_seconds_sum 0.75"));
}

TEST_CASE("help, type and label values are written as the text format asks",
          "[telemetry][metrics]") {
  registry metrics;
  metrics.make_counter(metric_name{rows::odd}, {{"v", "a\"b\\c\nd"}}).add(7);
  metrics.make_gauge(metric_name{rows::plain}).set(-1.5);
  const auto text = metrics.render();
  CHECK(has_line(text, "# HELP odd_total Back\\\\slash\\nand line."));
  CHECK(has_line(text, "# TYPE odd_total counter"));
  CHECK(has_line(text, R"(odd_total{v="a\"b\\c\nd"} 7)"));
  CHECK(has_line(text, "# TYPE plain gauge"));
  CHECK(has_line(text, "plain -1.5"));
  CHECK(escape_label_value("\"\\\n") == R"(\"\\\n)");
}

TEST_CASE("values that are no numbers have their own spelling", "[telemetry][metrics]") {
  registry metrics;
  double value = 0;
  metrics.make_callback(metric_name{rows::plain}, [&] { return value; });
  value = std::numeric_limits<double>::infinity();
  CHECK(has_line(metrics.render(), "plain +Inf"));
  value = -value;
  CHECK(has_line(metrics.render(), "plain -Inf"));
  value = std::numeric_limits<double>::quiet_NaN();
  CHECK(has_line(metrics.render(), "plain NaN"));
}

TEST_CASE("the same name and labels are the same series", "[telemetry][metrics]") {
  registry metrics;
  metrics.make_counter(metric_name{rows::two_labels}, {{"l", "1"}}).add(2);
  metrics.make_counter(metric_name{rows::two_labels}, {{"l", "1"}}).add(3);
  metrics.make_counter(metric_name{rows::two_labels}, {{"l", "2"}}).add(1);
  const auto text = metrics.render();
  CHECK(has_line(text, R"(a_total{l="1"} 5)"));
  CHECK(has_line(text, R"(a_total{l="2"} 1)"));
  CHECK(text.find("# TYPE a_total") == text.rfind("# TYPE a_total"));
}

TEST_CASE("series listed while rendering appear, and an empty metric does not",
          "[telemetry][metrics]") {
  registry metrics;
  int actors = 0;
  metrics.make_collector(metric_name{rows::depth}, [&](const registry::visitor& visit) {
    for (int i = 0; i != actors; ++i) {
      visit({{"actor", "/a" + std::to_string(i)}}, i);
    }
  });
  CHECK(metrics.render().empty());
  actors = 2;
  CHECK(has_line(metrics.render(), R"(depth{actor="/a1"} 1)"));
}

TEST_CASE("names that Prometheus would not take are refused", "[telemetry][metrics]") {
  using enum metric_kind;
  constexpr metric rows[] = {{gauge, "9lives", "", "Digit first."},
                             {gauge, "a-b", "", "Dash."},
                             {gauge, "requests_total", "", "A gauge."}};
  registry metrics;
  for (const auto& each : rows) {
    CAPTURE(each.name);
    CHECK_THROWS_AS(metrics.make_gauge(metric_name{each}), std::logic_error);
  }
  constexpr metric no_total{counter, "requests", "", "No _total."};
  CHECK_THROWS_AS(metrics.make_counter(metric_name{no_total}), std::logic_error);
  constexpr metric bad_label{gauge, "ok", "a-b", "Label."};
  CHECK_THROWS_AS(metrics.make_gauge(metric_name{bad_label}, {{"a-b", "x"}}), std::logic_error);
}

TEST_CASE("a metric is registered as the kind and with the labels of its row",
          "[telemetry][metrics]") {
  registry metrics;
  CHECK_THROWS_AS(metrics.make_counter(metric_name{rows::running}), std::logic_error);
  CHECK_THROWS_AS(metrics.make_level(metric_name{rows::events}), std::logic_error);
  CHECK_THROWS_AS(metrics.make_callback(metric_name{rows::waits}, [] { return 1.0; }),
                  std::logic_error);
  constexpr metric other_kind{metric_kind::histogram, "running", "", "Another."};
  metrics.make_level(metric_name{rows::running});
  CHECK_THROWS_AS(metrics.make_histogram(metric_name{other_kind}, {}), std::logic_error);
  CHECK_THROWS_AS(metrics.make_counter(metric_name{rows::two_labels}, {{"last", "x"}}),
                  std::logic_error);
  CHECK_NOTHROW(metrics.make_counter(metric_name{rows::two_labels}, {{"l", "x"}}));
}

TEST_CASE("handles made by default count nothing", "[telemetry][metrics]") {
  counter().add();
  level().add(-1);
  gauge().set(1);
  histogram().observe(1s);
  CHECK(counter().value() == 0);
  CHECK(histogram().count() == 0);
  CHECK(histogram().sum() == 0ns);
}

TEST_CASE("more numbers than one block of cells holds do not mix", "[telemetry][metrics]") {
  registry metrics;
  std::vector<counter> counters;
  for (std::uint64_t i = 0; i != 1200; ++i) {
    counters.push_back(
        metrics.make_counter(metric_name{rows::two_labels}, {{"l", std::to_string(i)}}));
    counters.back().add(i);
  }
  for (std::uint64_t i = 0; i != 1200; ++i) CHECK(counters[i].value() == i);
}

TEST_CASE("OpenMetrics names counters without their suffix and ends with a mark",
          "[telemetry][metrics]") {
  constexpr std::array<nanoseconds, 4> bounds{10us, 500us, 250ms, 1s};
  constexpr metric same_name{metric_kind::gauge, "odd", "", "Has the name of \"odd\"."};
  registry metrics;
  metrics.make_counter(metric_name{rows::events}).add(2);
  metrics.make_counter(metric_name{rows::odd}, {{"v", "x"}}).add();
  metrics.make_gauge(metric_name{same_name}).set(0.5);
  metrics.make_histogram(metric_name{rows::waits}, bounds).observe(1ms);
  CHECK(metrics.render(exposition::openmetrics) == R"(# HELP events Events.
# TYPE events counter
events_total 2
# HELP odd Has the name of \"odd\".
# TYPE odd gauge
odd 0.5
# HELP odd_total Back\\slash\nand line.
# TYPE odd_total unknown
odd_total{v="x"} 1
# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1e-05"} 0
wait_seconds_bucket{le="0.0005"} 0
wait_seconds_bucket{le="0.25"} 1
wait_seconds_bucket{le="1.0"} 1
wait_seconds_bucket{le="+Inf"} 1
wait_seconds_sum 0.001
wait_seconds_count 1
# EOF
)");
}

}  // namespace tributary::actors::telemetry
