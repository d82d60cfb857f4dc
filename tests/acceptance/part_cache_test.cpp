// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "actors/supervision/slot.hpp"
#include "http/io/file_limit.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

/// `/user/{id}`, whose one part keeps its answers as `cache` says. `more` are members of the part,
/// `endpoint` of the endpoint, each with a comma in front.
config::settings user(const stub_upstream& users, const std::string& cache,
                      const std::string& more = {}, const std::string& endpoint = {}) {
  return configured(R"({"upstreams": {"users": {"url": ")" + users.url() + R"("}},
    "endpoints": {"user": {"path": "/user/{id}", "timeout": "20s",
      "parameters": {"id": {"in": "path"}, "lang": {}, "token": {"in": "header"}},
      "parts": {"user": {"upstream": "users", "path": "/u/{id}", "cache": )" +
                    cache + more + "}}" + endpoint + "}}}");
}

/// `/hasty/{id}`, which is `/user/{id}` with a part that gives up after `timeout`.
void add_hasty_endpoint(config::settings& settings, std::chrono::milliseconds timeout) {
  alter<config::aggregate_settings>(settings, [&](auto& all) {
    auto hasty = all.endpoints.front();
    hasty.name = "hasty";
    hasty.path = "/hasty/{id}";
    hasty.parts.front().timeout = timeout;
    all.endpoints.push_back(std::move(hasty));
  });
}

std::string status_line(const std::string& told) { return header_of(told, "Aggregate-Status"); }

std::string body_with(std::string_view value) {
  return std::string{R"({"user":)"}.append(value).append("}");
}

std::uint64_t sum(running_gateway& gateway,
                  std::atomic<std::uint64_t> actors::cache::shard_counters::*what) {
  std::uint64_t total = 0;
  for (const auto& each : aggregation_of(gateway).part_cache_counters) total += (each.get()->*what);
  return total;
}

/// Asks until the answer's source is this; the last answer.
std::string ask_until(running_gateway& gateway, std::string_view source) {
  std::string told;
  REQUIRE(eventually([&] {
    told = gateway.get("/user/1");
    return has(status_line(told), source);
  }));
  return told;
}

}  // namespace

TEST_CASE("a part from the cache spares the call, and says so", "[part_cache]") {
  stub_upstream users;
  users.always(answer("1"));
  running_gateway gateway{user(users, R"({"ttl": "60s"})")};
  const auto first = gateway.get("/user/1");
  CHECK(body_of(first) == body_with("1"));
  CHECK_FALSE(has(status_line(first), "source="));
  const auto second = gateway.get("/user/1");
  CHECK(status_of(second) == 200);
  CHECK(body_of(second) == body_with("1"));
  CHECK(status_line(second).starts_with("user;dur="));
  CHECK(status_line(second).ends_with(";source=cache;age=0"));
  CHECK(header_of(second, "Aggregate-Complete") == "?1");
  CHECK(users.requests().size() == 1);
  gateway.get("/user/2");
  CHECK(users.requests().size() == 2);
  const auto metrics = gateway.admin("GET", "/metrics");
  CHECK(has(metrics, R"(tributary_part_cache_total{upstream="users",result="hit"} 1)"));
  CHECK(has(metrics, R"(tributary_part_cache_total{upstream="users",result="miss"} 2)"));
  CHECK(has(metrics, "tributary_part_cache_entries 2"));
  CHECK_FALSE(has(metrics, "tributary_part_cache_bytes 0\n"));
}

TEST_CASE("an upstream and the configuration decide together what is kept", "[part_cache]") {
  struct row {
    std::string cache;
    std::string fields;
    bool kept;
  };
  const std::vector<row> rows = {
      {"{}", "", false},
      {"{}", "Cache-Control: max-age=60\r\n", true},
      {"{}", "Cache-Control: s-maxage=60, max-age=0\r\n", true},
      {R"({"ttl": "60s"})", "", true},
      {R"({"ttl": "60s"})", "Cache-Control: no-store\r\n", false},
      {R"({"ttl": "60s"})", "Cache-Control: private, max-age=60\r\n", false},
      {R"({"ttl": "60s"})", "Cache-Control: max-age=60\r\nAge: 60\r\n", false},
      {R"({"ttl": "60s"})", "Set-Cookie: a=b\r\n", false},
      {R"({"ttl": "60s"})", "Vary: *\r\n", false},
      {R"({"ttl": "60s", "force_ttl": true})", "Cache-Control: max-age=0, no-cache\r\n", true},
      {R"({"ttl": "60s", "force_ttl": true})", "Cache-Control: private\r\n", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.cache, row.fields);
    stub_upstream users;
    users.always(answer("1", 200, row.fields));
    running_gateway gateway{user(users, row.cache)};
    gateway.get("/user/1");
    CHECK(has(status_line(gateway.get("/user/1")), "source=cache") == row.kept);
    CHECK(users.requests().size() == (row.kept ? 1 : 2));
  }
}

TEST_CASE("a stale part is given out at once while one call renews it", "[part_cache][stale]") {
  stub_upstream users;
  const gate told;
  users.next(answer("1"));
  users.always(script{}.wait(told).send(answer("2", 200, "Cache-Control: max-age=60\r\n")));
  running_gateway gateway{user(users, R"({"ttl": "20ms", "stale_while_revalidate": "60s"})", {},
                               R"(, "cache": {"key": "user:{id}"})")};
  gateway.get("/user/1");
  const auto stale = ask_until(gateway, "source=stale");
  CHECK(body_of(stale) == body_with("1"));
  CHECK(header_of(stale, "Aggregate-Complete") == "?1");
  CHECK(header_of(stale, "Cache-Control") == "no-store");
  REQUIRE(users.await_requests(2));
  for (int i = 0; i < 5; ++i) CHECK(has(status_line(gateway.get("/user/1")), "source=stale"));
  CHECK(users.requests().size() == 2);
  told.open();
  CHECK(body_of(ask_until(gateway, "source=cache")) == body_with("2"));
  CHECK(users.requests().size() == 2);
}

TEST_CASE("a stale part serves when the upstream fails, after its retries", "[part_cache][stale]") {
  for (const auto retries : {std::size_t{0}, std::size_t{1}}) {
    CAPTURE(retries);
    stub_upstream users;
    users.next(answer("1"));
    users.always(answer("{}", 502));
    auto settings = user(users, R"({"ttl": "20ms", "stale_if_error": "60s"})");
    settings.upstreams.front().retry.max = retries;
    settings.upstreams.front().retry.base_delay = 1ms;
    settings.upstreams.front().breaker.enabled = false;
    running_gateway gateway{std::move(settings)};
    gateway.get("/user/1");
    const auto stale = ask_until(gateway, "source=stale");
    CHECK(status_of(stale) == 200);
    CHECK(body_of(stale) == body_with("1"));
    CHECK(has(status_line(stale), ";age=0"));
    CHECK(has(status_line(stale), "attempts=2") == (retries == 1));
    CHECK(header_of(stale, "Cache-Control") == "no-store");
    CHECK(header_of(stale, "Aggregate-Complete") == "?1");
    CHECK(users.requests().size() == 2 + retries);
    users.always(answer("2"));
    CHECK(body_of(gateway.get("/user/1")) == body_with("2"));
  }
}

TEST_CASE("a fallback takes what is stale, as old as it says", "[part_cache][stale]") {
  stub_upstream users;
  users.next(answer("1"));
  users.always(answer("{}", 500));
  running_gateway gateway{user(users, R"({"ttl": "20ms"})",
                               R"(, "fallback": [{"cache": "stale", "max_stale": "60s"}])")};
  gateway.get("/user/1");
  CHECK(body_of(ask_until(gateway, "source=stale")) == body_with("1"));

  stub_upstream others;
  others.next(answer("1"));
  others.always(answer("{}", 500));
  running_gateway strict{user(others, R"({"ttl": "20ms"})",
                              R"(, "fallback": [{"cache": "stale", "max_stale": "1ms"}])")};
  strict.get("/user/1");
  CHECK(eventually([&] { return status_of(strict.get("/user/1")) == 502; }));
}

TEST_CASE("an unchanged part is confirmed and not sent again", "[part_cache][validation]") {
  struct row {
    std::string stored;
    std::string field;
    std::string value;
  };
  const std::vector<row> rows = {
      {"ETag: \"a\"\r\n", "If-None-Match", "\"a\""},
      {"Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "If-Modified-Since",
       "Sun, 06 Nov 1994 08:49:37 GMT"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field);
    stub_upstream users;
    users.next(answer("1", 200, "Cache-Control: max-age=0\r\n" + row.stored));
    users.next(script{}.send("HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n"));
    running_gateway gateway{user(users, "{}")};
    gateway.get("/user/1");
    const auto confirmed = gateway.get("/user/1");
    CHECK(status_of(confirmed) == 200);
    CHECK(body_of(confirmed) == body_with("1"));
    CHECK(status_line(confirmed).ends_with(";source=cache;age=0"));
    REQUIRE(users.requests().size() == 2);
    CHECK(users.requests()[0].field(row.field).empty());
    CHECK(users.requests()[1].field(row.field) == row.value);
    CHECK(has(status_line(gateway.get("/user/1")), "source=cache"));
    CHECK(users.requests().size() == 2);
    CHECK(has(gateway.admin("GET", "/metrics"),
              R"(tributary_part_cache_total{upstream="users",result="revalidated"} 1)"));
  }
}

TEST_CASE("parts that vary by a field of the call are kept for each of its values",
          "[part_cache][vary]") {
  stub_upstream users;
  users.next(answer("\"de\"", 200, "Vary: Accept-Language\r\n"));
  users.next(answer("\"en\"", 200, "Vary: Accept-Language\r\n"));
  running_gateway gateway{
      user(users, R"({"ttl": "60s"})", R"(, "headers": {"Accept-Language": "{lang}"})")};
  CHECK(body_of(gateway.get("/user/1?lang=de")) == body_with("\"de\""));
  CHECK(body_of(gateway.get("/user/1?lang=en")) == body_with("\"en\""));
  CHECK(body_of(gateway.get("/user/1?lang=de")) == body_with("\"de\""));
  CHECK(users.requests().size() == 2);
}

TEST_CASE("credentials have entries of their own, unless one is declared to be for all",
          "[part_cache]") {
  const std::string headers = R"(, "headers": {"Authorization": "{token}"})";
  stub_upstream users;
  users.next(answer("\"a\"", 200, "Cache-Control: public, max-age=60\r\n"));
  users.next(answer("\"b\"", 200, "Cache-Control: public, max-age=60\r\n"));
  running_gateway gateway{user(users, "{}", headers)};
  CHECK(body_of(gateway.get("/user/1", "Token: a\r\n")) == body_with("\"a\""));
  CHECK(body_of(gateway.get("/user/1", "Token: b\r\n")) == body_with("\"b\""));
  CHECK(body_of(gateway.get("/user/1", "Token: a\r\n")) == body_with("\"a\""));
  CHECK(users.requests().size() == 2);

  stub_upstream silent;  // what an upstream does not call public is not kept at all
  silent.always(answer("1"));
  running_gateway careful{user(silent, R"({"ttl": "60s"})", headers)};
  for (int i = 0; i < 2; ++i) careful.get("/user/1", "Token: a\r\n");
  CHECK(silent.requests().size() == 2);

  stub_upstream same;
  same.always(answer("1"));
  running_gateway shared{user(same, R"({"ttl": "60s", "shared": true})", headers)};
  shared.get("/user/1", "Token: a\r\n");
  CHECK(has(status_line(shared.get("/user/1", "Token: b\r\n")), "source=cache"));
  CHECK(same.requests().size() == 1);
}

TEST_CASE("a thousand clients that want the same part cause one call", "[part_cache][coalescing]") {
  http::io::raise_file_limit();
  constexpr std::size_t count = 1'000;
  stub_upstream users;
  const gate told;
  users.always(script{}.wait(told).send(answer("1")));
  auto settings = user(users, R"({"ttl": "60s"})");
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 60s; });
  running_gateway gateway{std::move(settings)};
  std::vector<std::unique_ptr<raw_client>> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<raw_client>(gateway->port()));
    clients.back()->send(running_gateway::request("GET", "/user/1"));
  }
  REQUIRE(eventually(
      [&] { return sum(gateway, &actors::cache::shard_counters::collapsed) == count - 1; }));
  told.open();
  std::size_t whole = 0;
  for (auto& each : clients) whole += body_of(each->read_answer()) == body_with("1") ? 1 : 0;
  CHECK(whole == count);
  CHECK(users.requests().size() == 1);
}

TEST_CASE("parts that cannot be kept make no caller wait for another", "[part_cache][coalescing]") {
  stub_upstream users;
  const gate told;
  users.next(answer("1", 200, "Cache-Control: no-store\r\n"));
  users.always(script{}.wait(told).send(answer("2", 200, "Cache-Control: no-store\r\n")));
  running_gateway gateway{user(users, R"({"ttl": "60s"})")};
  gateway.get("/user/1");
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<raw_client>(gateway->port()));
    clients.back()->send(running_gateway::request("GET", "/user/1"));
  }
  CHECK(users.await_requests(11));  // all at a time
  told.open();
  for (auto& each : clients) CHECK(body_of(each->read_answer()) == body_with("2"));
  CHECK(has(gateway.admin("GET", "/metrics"),
            R"(tributary_part_cache_total{upstream="users",result="pass"} 10)"));
}

TEST_CASE("the part cache keeps to its memory", "[part_cache]") {
  stub_upstream users;
  users.always(answer("\"" + std::string(2'000, 'x') + "\""));
  auto settings = user(users, R"({"ttl": "60s"})");
  alter<config::aggregate_settings>(settings,
                                    [](auto& all) { all.part_cache.max_bytes = 32 * 1024; });
  running_gateway gateway{std::move(settings)};
  raw_client client{gateway->port()};
  for (int i = 0; i < 100; ++i) {
    client.send(running_gateway::request("GET", "/user/" + std::to_string(i)));
    REQUIRE(status_of(client.read_answer()) == 200);
    REQUIRE(sum(gateway, &actors::cache::shard_counters::bytes) <= 32 * 1024);
  }
  CHECK(sum(gateway, &actors::cache::shard_counters::entries) > 2);
  CHECK(sum(gateway, &actors::cache::shard_counters::evicted) > 50);
}

TEST_CASE("whoever waits for the call of another keeps a deadline of his own",
          "[part_cache][deadline]") {
  stub_upstream users;
  const gate told;
  users.always(script{}.wait(told).send(answer("1")));
  auto settings = user(users, R"({"ttl": "60s"})");
  add_hasty_endpoint(settings, 50ms);
  running_gateway gateway{std::move(settings)};
  raw_client patient{gateway->port()};
  patient.send(running_gateway::request("GET", "/user/1"));
  REQUIRE(users.await_requests(1));
  const auto began = std::chrono::steady_clock::now();
  const auto early = gateway.get("/hasty/1");
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(status_of(early) == 504);
  CHECK(has(status_line(early), "error=http_response_timeout"));
  CHECK(took >= 50ms);
  CHECK(took < 5s);
  told.open();
  CHECK(body_of(patient.read_answer()) == body_with("1"));
  CHECK(users.requests().size() == 1);
}

TEST_CASE("a caller in a hurry does not end the wait of those who come after it",
          "[part_cache][deadline]") {
  stub_upstream users;
  users.next(script{}.hang());
  users.always(answer("1"));
  auto settings = user(users, R"({"ttl": "60s"})");
  add_hasty_endpoint(settings, 200ms);
  running_gateway gateway{std::move(settings)};
  raw_client first{gateway->port()};
  first.send(running_gateway::request("GET", "/hasty/1"));
  REQUIRE(users.await_requests(1));
  CHECK(body_of(gateway.get("/user/1")) == body_with("1"));
  CHECK(status_of(first.read_answer()) == 504);
  CHECK(users.requests().size() == 2);
}

TEST_CASE("an aggregate is not kept longer than its parts are fresh", "[part_cache]") {
  stub_upstream users;
  users.always(answer("1", 200, "Cache-Control: max-age=30\r\nAge: 10\r\n"));
  auto settings =
      user(users, "{}", {}, R"(, "cache": {"key": "user:{id}:{lang}", "ttl": "60s", "jitter": 0})");
  running_gateway gateway{std::move(settings)};
  for (const auto* target :
       {"/user/1?lang=de", "/user/1?lang=en"}) {  // called, then from the cache
    const auto told = gateway.get(target);
    const auto control = header_of(told, "Cache-Control");
    CAPTURE(control);
    REQUIRE(has(control, "max-age="));
    const auto seconds = std::stoi(control.substr(control.find("max-age=") + 8));
    CHECK(seconds <= 20);
    CHECK(seconds >= 10);
  }
  CHECK(users.requests().size() == 1);
}

TEST_CASE("an operator purges parts by key and by prefix", "[part_cache][purge]") {
  stub_upstream users;
  users.always(answer("1"));
  running_gateway gateway{user(users, R"({"ttl": "60s"})")};
  const auto fill = [&] {
    for (const auto* target : {"/user/1", "/user/2"}) gateway.get(target);
    REQUIRE(sum(gateway, &actors::cache::shard_counters::entries) == 2);
  };
  fill();
  CHECK(status_of(gateway.admin("DELETE", "/cache/users%20%2Fu%2F1")) < 300);
  CHECK(sum(gateway, &actors::cache::shard_counters::entries) == 1);
  CHECK(has(status_line(gateway.get("/user/2")), "source=cache"));
  CHECK_FALSE(has(status_line(gateway.get("/user/1")), "source="));
  CHECK(status_of(gateway.admin("DELETE", "/cache?prefix=users%20%2Fu%2F")) < 300);
  CHECK(sum(gateway, &actors::cache::shard_counters::entries) == 0);
}

TEST_CASE("a shard that crashes fails who waits there, and is back with nothing in it",
          "[part_cache][crash]") {
  stub_upstream users;
  const gate told;
  users.next(answer("1"));
  users.next(script{}.wait(told).send(answer("2")));
  users.always(answer("3"));
  running_gateway gateway{user(users, R"({"ttl": "60s"})")};
  gateway.get("/user/1");
  raw_client waiting{gateway->port()};
  waiting.send(running_gateway::request("GET", "/user/2"));
  REQUIRE(users.await_requests(2));
  for (const auto& place : aggregation_of(gateway).part_caches) {
    caf::anon_send_exit(place->current(), caf::exit_reason::kill);
  }
  const auto failed = waiting.read_answer();
  CHECK(status_of(failed) >= 500);
  CHECK(has(status_line(failed), "error=proxy_internal_error"));
  told.open();
  CHECK(eventually([&] { return body_of(gateway.get("/user/1")) == body_with("3"); }));
  CHECK(eventually([&] { return has(status_line(gateway.get("/user/1")), "source=cache"); }));
}

}  // namespace tributary::tests
