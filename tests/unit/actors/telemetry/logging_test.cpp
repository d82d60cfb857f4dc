// SPDX-License-Identifier: MIT
#include "actors/telemetry/logging.hpp"

#include "actors/telemetry/events.hpp"
#include "captured_log.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <limits>
#include <set>
#include <thread>

namespace tributary::actors::telemetry {

using namespace std::chrono_literals;
using config::log_level;
using tests::captured_log;

TEST_CASE("a line is one JSON object with time, level, event, message and fields",
          "[telemetry][logging]") {
  captured_log log;
  log.to.write(log_level::warning, events::breaker_opened, "say \"no\"\n",
               {{"upstream", "orders"},
                {"port", 8080},
                {"big", std::numeric_limits<std::uint64_t>::max()},
                {"small", std::numeric_limits<std::int64_t>::min()},
                {"rate", 0.5},
                {"forced", true},
                {"text", std::string("\x1b[0m\xff")}});
  REQUIRE(log.lines().size() == 1);
  const auto text = log.lines()[0];
  CHECK(text.find('\n') == text.size() - 1);
  const auto line = log.last();
  CHECK(line["level"] == "warning");
  CHECK(line["event"] == "breaker.opened");
  CHECK(line["message"] == "say \"no\"\n");
  CHECK(line["upstream"] == "orders");
  CHECK(line["port"] == 8080);
  CHECK(line["big"] == std::numeric_limits<std::uint64_t>::max());
  CHECK(line["small"] == std::numeric_limits<std::int64_t>::min());
  CHECK(line["rate"] == 0.5);
  CHECK(line["forced"] == true);
  CHECK(line["text"] == "\x1b[0m\xEF\xBF\xBD");
  const auto time = line["ts"].get<std::string>();
  REQUIRE(time.size() == 24);
  for (std::size_t i = 0; i != time.size(); ++i) {
    CHECK((std::string_view("0000-00-00T00:00:00.000Z")[i] == '0'
               ? std::isdigit(static_cast<unsigned char>(time[i])) != 0
               : time[i] == "0000-00-00T00:00:00.000Z"[i]));
  }
}

TEST_CASE("lines below the level are not written", "[telemetry][logging]") {
  constexpr log_level levels[] = {log_level::debug, log_level::info, log_level::warning,
                                  log_level::error};
  for (const auto threshold : levels) {
    captured_log log(threshold);
    std::size_t expected = 0;
    for (const auto level : levels) {
      CHECK(log.to.enabled(level) == (level >= threshold));
      expected += level >= threshold ? 1 : 0;
      log.to.write(level, events::server_started, "x");
    }
    CHECK(log.lines().size() == expected);
  }
}

TEST_CASE("the level can change while the logger runs", "[telemetry][logging]") {
  captured_log log(log_level::error);
  log.to.set_level(log_level::debug);
  log.to.write(log_level::debug, events::server_started, "x");
  CHECK(log.last()["level"] == "debug");
}

TEST_CASE("a queue that is full drops the oldest lines and counts them", "[telemetry][logging]") {
  std::mutex mutex;
  std::condition_variable changed;
  bool blocked = false;
  bool released = false;
  std::set<int> seen;
  logger log;
  log.start({.level = log_level::info, .queue = 16}, [&](std::string_view line) {
    std::unique_lock lock(mutex);
    blocked = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
    seen.insert(nlohmann::json::parse(line)["n"].get<int>());
  });
  log.write(log_level::info, events::server_started, "first", {{"n", 0}});
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return blocked; });
  }
  for (int n = 1; n <= 100; ++n) {
    log.write(log_level::info, events::server_started, "more", {{"n", n}});
  }
  CHECK(log.dropped() == 84);
  CHECK_FALSE(log.flush(0ms));
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  CHECK(log.flush());
  log.stop();
  std::set<int> expected{0};
  for (int n = 85; n <= 100; ++n) expected.insert(n);
  CHECK(seen == expected);
  CHECK(log.dropped() == 84);
}

TEST_CASE("nothing is lost when several threads log and the logger stops", "[telemetry][logging]") {
  std::vector<std::string> lines;
  logger log;
  log.start({.level = log_level::info, .queue = 8192},
            [&](std::string_view line) { lines.emplace_back(line); });
  std::vector<std::thread> threads;
  for (int t = 0; t != 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int n = 0; n != 500; ++n) {
        log.write(log_level::info, events::server_started, "x", {{"t", t}, {"n", n}});
      }
    });
  }
  for (auto& one : threads) one.join();
  log.stop();
  CHECK(log.dropped() == 0);
  REQUIRE(lines.size() == 2000);
  for (const auto& line : lines) REQUIRE(nlohmann::json::accept(line));
}

TEST_CASE("a logger can be used before its start and after its stop", "[telemetry][logging]") {
  logger log;
  CHECK_FALSE(log.enabled(log_level::warning));
  CHECK(log.enabled(log_level::error));
  log.write(log_level::warning, events::server_started, "nobody listens");
  CHECK(log.flush());
  int lines = 0;
  log.start({}, [&](std::string_view) { ++lines; });
  log.write(log_level::info, events::server_started, "x");
  log.stop();
  log.stop();
  CHECK(lines == 1);
  CHECK_FALSE(log.enabled(log_level::warning));
  log.start({}, [&](std::string_view) { lines += 10; });
  log.write(log_level::info, events::server_started, "x");
  log.stop();
  CHECK(lines == 11);
}

TEST_CASE("a text is cut at 2048 bytes without breaking a character", "[telemetry][logging]") {
  captured_log log;
  log.to.write(log_level::info, events::server_started, "x",
               {{"long", std::string(2047, 'a') + "é"}});
  CHECK(log.last()["long"] == std::string(2047, 'a'));
}

TEST_CASE("no secret reaches the output", "[telemetry][logging]") {
  const std::string s = "S3cr3t";
  const std::pair<std::string, std::string> rows[] = {
      {"authorization", "Bearer " + s},
      {"Proxy-Authorization", "Basic " + s},
      {"cookie", "sid=" + s},
      {"set-cookie", "sid=" + s + "; Path=/"},
      {"x-api-key", s},
      {"access_token", s},
      {"token", s},
      {"password", s},
      {"secret", s},
      {"card", s},
      {"api_key", s},
      {"apikey", s},
      {"key", s},
      {"url", "https://u:" + s + "@h/"},
      {"url", "http://h/?key=" + s + "&a=1"},
      {"url", "http://h/?a=1&API%5Fkey=" + s},
      {"header", "X-Api-Key: " + s},
      {"detail", "got Bearer " + s},
      {"body", R"({"a":{"password":")" + s + R"("}})"},
      {"body", R"("{\"card\":\")" + s + R"(\"}")"},
  };
  captured_log log;
  for (const auto& [name, value] : rows) {
    log.to.write(log_level::info, events::server_started, "x", {{name, value}});
    log.to.write(log_level::info, events::server_started, name + "=" + value);
    log.to.write(log_level::info, events::server_started, "of: " + value, {{"password", 4711}});
    if (name.find("url") == name.npos && name != "header" && name != "detail" && name != "body") {
      log.to.write(log_level::info, events::server_started, "\"" + name + "\":\"" + value + "\"");
    }
  }
  const auto lines = log.lines();
  CHECK(lines.size() > 60);
  for (const auto& line : lines) {
    // A bare value behind a harmless word cannot be told from other text.
    const auto message = nlohmann::json::parse(line)["message"].get<std::string>();
    if (message == "of: " + s || message.starts_with("of: sid=")) continue;
    CAPTURE(line);
    CHECK(line.find(s) == line.npos);
    CHECK(line.find("4711") == line.npos);
  }
}

TEST_CASE("the process has one logger, which is silent until started", "[telemetry][logging]") {
  CHECK(&actors::telemetry::log() == &actors::telemetry::log());
  CHECK_FALSE(actors::telemetry::log().enabled(log_level::info));
}

}  // namespace tributary::actors::telemetry
