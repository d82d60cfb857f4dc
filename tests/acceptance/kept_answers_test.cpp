// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

/// Whose answers are kept, for whom, and under which names.
namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

/// Endpoints that ask one upstream, `u`.
std::string one_upstream(const std::string& url, const std::string& endpoints,
                         const std::string& more = "") {
  return "{" + more + R"("upstreams": {"u": {"url": ")" + url + R"("}}, "endpoints": {)" +
         endpoints + "}}";
}

/// `/e`, kept under `k`.
config::settings kept_endpoint(const std::string& url) {
  return configured(one_upstream(url, R"("e": {"path": "/e", "cache": {"key": "k"},
    "parts": {"p": {"upstream": "u", "path": "/p"}}})"));
}

script with_fields(const std::string& fields, const std::string& status = "200 OK",
                   const std::string& body = "{\"v\":1}") {
  return script{}.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + fields +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

std::string on_redis(const redis_server& redis) {
  return R"("redis": {"url": "redis://127.0.0.1:)" + std::to_string(redis.port()) +
         R"(", "command_timeout": "2s"}, )";
}

std::unique_ptr<running_gateway> with_redis(const std::string& text) {
  auto result = std::make_unique<running_gateway>(configured(text));
  REQUIRE(eventually([&] {
    auto& tree = (*result)->tree();
    const auto& links = tree.redis_cache->links;
    return tree.purge_counters->subscribed &&
           std::all_of(links.begin(), links.end(),
                       [](const auto& each) { return each->connected.load(); });
  }));
  return result;
}

}  // namespace

TEST_CASE("what an upstream says of keeping its answer holds in whichever field", "[cache]") {
  struct row {
    std::string fields;
    bool kept;
  };
  const std::vector<row> rows = {
      {"", true},
      {"Set-Cookie: session=secret; HttpOnly\r\n", false},
      {"Expires: 0\r\n", false},
      {"Expires: Thu, 01 Jan 1970 00:00:00 GMT\r\n", false},
      {"Pragma: no-cache\r\n", false},
      {"Vary: *\r\n", false},
      {"Vary: Accept\r\n", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.fields);
    stub_upstream upstream;
    upstream.always(with_fields(row.fields));
    running_gateway gateway{kept_endpoint(upstream.url())};
    CHECK(status_of(gateway.get("/e")) == 200);
    CHECK(is_hit(gateway.get("/e")) == row.kept);
  }
}

TEST_CASE("a piece is not taken for the whole", "[aggregate]") {
  for (const auto* status : {"206 Partial Content", "226 IM Used"}) {
    CAPTURE(status);
    stub_upstream upstream;
    upstream.always(with_fields("Content-Range: bytes 0-6/100\r\n", status));
    running_gateway gateway{kept_endpoint(upstream.url())};
    const auto told = gateway.get("/e");
    CHECK(status_of(told) == 502);
    CHECK(has(header_of(told, "Aggregate-Status"),
              "p;error=http_protocol_error;detail=unsolicited_status;status=2"));
  }
}

TEST_CASE("If-Match is kept, and what has no meaning here is ignored", "[aggregate]") {
  stub_upstream upstream;
  upstream.always(with_fields(""));
  running_gateway gateway{kept_endpoint(upstream.url())};
  const auto etag = header_of(gateway.get("/e"), "ETag");
  CHECK(status_of(gateway.get("/e", "If-Match: " + etag + "\r\n")) == 200);
  CHECK(status_of(gateway.get("/e", "If-Match: *\r\n")) == 200);
  const auto refused = gateway.get("/e", "If-Match: \"other\"\r\n");
  CHECK(status_of(refused) == 412);
  CHECK(has(refused, "PRECONDITION_FAILED"));
  CHECK(header_of(refused, "ETag") == etag);
  CHECK(status_of(gateway.get("/e", "If-Match: W/" + etag + "\r\n")) == 412);
  CHECK(status_of(gateway.get("/e", "If-Match: \"other\"\r\nIf-None-Match: " + etag + "\r\n")) ==
        412);
  CHECK(status_of(gateway.get("/e", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n")) ==
        200);
  CHECK(status_of(gateway.get("/e", "If-Range: \"x\"\r\nRange: bytes=0-1\r\n")) == 200);
}

TEST_CASE("a purge is written as clients send a value or as the key shows it", "[cache][purge]") {
  stub_upstream upstream;
  upstream.always(with_fields(""));
  running_gateway gateway{configured(one_upstream(upstream.url(), R"("a": {"path": "/a/{id}",
    "parameters": {"id": {"in": "path"}}, "cache": {"key": "user:{id}", "tags": ["t-{id}"]},
    "parts": {"p": {"upstream": "u", "path": "/A/{id}"}}})"))};
  for (const auto* value : {"x%3Ay", "a%20b", "c%25d", "%C3%A9", "plain"}) {
    for (const auto* way : {"/cache/user:", "/cache?prefix=user:", "/cache?tag=t-"}) {
      CAPTURE(value, way);
      const auto target = std::string{"/a/"} + value;
      gateway.get(target);
      REQUIRE(is_hit(gateway.get(target)));
      CHECK(status_of(gateway.admin("DELETE", std::string{way} + value)) == 204);
      CHECK_FALSE(is_hit(gateway.get(target)));
    }
  }
  gateway.get("/a/z");
  CHECK(status_of(gateway.admin("DELETE", "/cache/user%3Az")) == 204);
  CHECK_FALSE(is_hit(gateway.get("/a/z")));
}

TEST_CASE("an answer in Redis that was gathered from other parts is gathered anew",
          "[redis][cache]") {
  redis_server redis;
  stub_upstream upstream;
  upstream.always(with_fields(""));
  for (const auto* merge : {R"("member")", R"("root")"}) {
    CAPTURE(merge);
    redis.command({"FLUSHALL"});
    const auto text = [&](const std::string& second) {
      return one_upstream(upstream.url(),
                          R"("e": {"path": "/e", "cache": {"key": "k"}, "parts": {
        "p": {"upstream": "u", "path": "/p", "merge": )" +
                              std::string{merge} + "}" + second + "}}",
                          on_redis(redis));
    };
    {
      const auto before = with_redis(text(""));
      before->get("/e");
      REQUIRE(eventually([&] { return redis.command({"EXISTS", "k"}).text == "1"; }));
    }
    {
      const auto same = with_redis(text(""));
      CHECK(is_hit(same->get("/e")));
    }
    const auto after = with_redis(text(R"(, "q": {"upstream": "u", "path": "/q"})"));
    const auto told = after->get("/e");
    CHECK_FALSE(is_hit(told));
    CHECK(has(body_of(told), R"("q":{"v":1})"));
  }
}

TEST_CASE("no credential is in a key of Redis", "[redis][cache]") {
  redis_server redis;
  stub_upstream upstream;
  upstream.always(with_fields(""));
  const auto gateway = with_redis(one_upstream(upstream.url(), R"("me": {"path": "/me",
    "parameters": {"Authorization": {"in": "header"}, "sid": {}},
    "parts": {"p": {"upstream": "u", "path": "/p", "headers": {
      "Authorization": "{Authorization}", "Cookie": "session={sid}"}}},
    "cache": {"key": "me", "tags": ["of-{sid}"]}})",
                                               on_redis(redis)));
  const std::string token = "Authorization: Bearer s3cr3t-of-alice\r\n";
  gateway->get("/me?sid=s3cr3t-session", token);
  CHECK(is_hit(gateway->get("/me?sid=s3cr3t-session", token)));
  CHECK_FALSE(is_hit(gateway->get("/me?sid=s3cr3t-session", "Authorization: Bearer other\r\n")));
  REQUIRE(eventually([&] { return redis.command({"KEYS", "me:*"}).items.size() == 2; }));
  for (const auto& key : redis.command({"KEYS", "*"}).items) {
    CAPTURE(key.text);
    CHECK_FALSE(has(key.text, "s3cr3t"));
  }
}

}  // namespace tributary::tests
