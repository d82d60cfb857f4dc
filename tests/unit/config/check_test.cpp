// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "support.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace tributary::config {

using namespace tests;
using nlohmann::ordered_json;

namespace {

/// A valid configuration; a row sets `pointer` in it to `value` and expects one error at `path`.
constexpr const char* checked_base = R"({
  "upstreams": {"alpha": {"url": "https://h"}, "beta": {"url": "http://h"}},
  "endpoints": {
    "e": {"path": "/e/{id}",
          "parameters": {"id": {"in": "path"}, "when": {"type": "interval"}, "kind": {}},
          "parts": {"p": {"upstream": "alpha", "path": "/{id}"},
                    "q": {"upstream": "beta", "path": "/", "required": false}},
          "cache": {"key": "k:{id}"}},
    "f": {"path": "/f", "parts": {"p": {"upstream": "alpha", "path": "/"}}}}})";

struct contradiction {
  const char* pointer;
  const char* value;
  const char* path;  ///< empty: the pointer's
};

std::vector<config_error> errors_with(const contradiction& row) {
  auto root = ordered_json::parse(checked_base);
  root[ordered_json::json_pointer(row.pointer)] = ordered_json::parse(row.value);
  return load_text(root.dump()).errors;
}

std::string path_of(const contradiction& row) {
  std::string path = *row.path != '\0' ? row.path : row.pointer + 1;
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

void check_rows(const std::vector<contradiction>& rows) {
  for (auto& row : rows) {
    CAPTURE(row.pointer, row.value);
    auto errors = errors_with(row);
    REQUIRE(errors.size() == 1);
    CAPTURE(errors[0].message);
    CHECK(errors[0].path == path_of(row));
    CHECK(errors[0].line == 1);
  }
}

}  // namespace

TEST_CASE("the configuration that the contradictions start from is valid", "[config][check]") {
  CHECK(errors_as_text(load_text(checked_base)).empty());
}

TEST_CASE("listeners and upstreams that contradict themselves are refused", "[config][check]") {
  check_rows({
      {"/server/address", "\"localhost\"", ""},
      {"/server/address", "\"unix:api.sock\"", ""},
      {"/server/socket_mode", "\"0777\"", ""},
      {"/admin/address", "\"0.0.0.0\"", ""},
      {"/admin/address", "\"unix:@admin\"", ""},
      {"/admin/port", "8080", ""},
      {"/admin/token", "\"written-in-the-file\"", ""},
      {"/cache/max_object", "\"65MiB\"", ""},
      {"/upstreams/alpha/url", "\"nowhere\"", ""},
      {"/upstreams/alpha/deadline_header", "\"a b\"", ""},
      {"/upstreams/alpha/deadline_header", "\"HOST\"", ""},
      {"/upstreams/alpha/max_connections", "5", ""},
      {"/upstreams/alpha/max_idle_connections", "5000", ""},
      {"/upstreams/alpha/breaker", R"({"open_max": "1s"})", "upstreams/alpha/breaker/open_max"},
      {"/upstreams/alpha/breaker", R"({"by_rate": false})", "upstreams/alpha/breaker/by_rate"},
      {"/upstreams/alpha/breaker", "true", ""},
      {"/upstreams/alpha/rate_limit", "{}", "upstreams/alpha/rate_limit/rate"},
      {"/upstreams/alpha", R"({"url": "http://h", "timeout": "1s", "connect_timeout": "2s"})",
       "upstreams/alpha/connect_timeout"},
      {"/upstreams/beta/tls", R"({"verify": false})", ""},
      {"/upstreams/alpha", R"({"url": "unix:/run/a", "tls": {}})", "upstreams/alpha/tls"},
      {"/upstreams/alpha", R"({"url": "unix:/run/a", "dns_refresh": "1s"})",
       "upstreams/alpha/dns_refresh"},
      {"/part_cache/max_object", "\"65MiB\"", ""},
      {"/upstreams/alpha/back_pressure", "true", ""},
      {"/upstreams/alpha/back_pressure/max", "\"10ms\"", ""},
      {"/upstreams/alpha/retry", "{}", "upstreams/alpha/retry/max"},
      {"/upstreams/alpha/retry", R"({"max": 1, "base_delay": "1s"})",
       "upstreams/alpha/retry/base_delay"},
      {"/upstreams/alpha/retry", R"({"max": 1, "base_delay": "1s", "max_delay": "999ms"})",
       "upstreams/alpha/retry/max_delay"},
      {"/upstreams/alpha/retry", R"({"max": 1, "budget": {"ratio": 0, "min_per_second": 0}})",
       "upstreams/alpha/retry/budget"},
      {"/upstreams/alpha/retry", R"({"max": 1, "budget": {"ratioo": 0}})",
       "upstreams/alpha/retry/budget/ratioo"},
      {"/upstreams/alpha/retry", R"({"max": 1, "budget": 1})", "upstreams/alpha/retry/budget"},
      {"/upstreams/alpha/rate_limit", R"({"rate": 1, "on_store_failure": "deny"})",
       "upstreams/alpha/rate_limit/on_store_failure"},
      {"/upstreams/alpha/rate_limit", R"({"rate": 1, "shared": false, "on_store_failure": "open"})",
       "upstreams/alpha/rate_limit/on_store_failure"},
      {"/upstreams/alpha/rate_limit", R"({"rate": 1, "shared": false, "local_share": 0.5})",
       "upstreams/alpha/rate_limit/local_share"},
      {"/upstreams/alpha/rate_limit",
       R"({"rate": 1, "on_store_failure": "closed", "local_share": 0.5})",
       "upstreams/alpha/rate_limit/local_share"},
      {"/upstreams/alpha/rate_limit", R"({"rate": 1, "local_share": 1.5})",
       "upstreams/alpha/rate_limit/local_share"},
      {"/upstreams/bad name", R"({"url": "http://h"})", ""},
      {"/upstreams/gamma", "{}", "upstreams/gamma/url"},
  });
}

TEST_CASE("endpoints and parameters that contradict themselves are refused", "[config][check]") {
  check_rows({
      {"/endpoints/e/timeout", "\"10ms\"", ""},
      {"/endpoints/f/parts", "{}", ""},
      {"/endpoints/f/path", "\"f\"", ""},
      {"/endpoints/f/path", "\"/a b\"", ""},
      {"/endpoints/f/path", "\"/a?b\"", ""},
      {"/endpoints/f/path", "\"/{x}\"", ""},
      {"/endpoints/f/path", "\"/x{\"", ""},
      {"/endpoints/f/path", "\"/livez\"", ""},
      {"/endpoints/e/path", "\"/e/{id}/{id}\"", ""},
      {"/endpoints/e/path", "\"/e/x{id}\"", ""},
      {"/endpoints/e/path", "\"/e\"", "endpoints/e/parameters/id/in"},
      {"/endpoints/g", R"({"path": "/e/{other}", "parameters": {"other": {"in": "path"}},
        "parts": {"p": {"upstream": "alpha", "path": "/"}}})",
       "endpoints/g/path"},
      {"/endpoints/e/parameters/id/default", "\"x\"", ""},
      {"/endpoints/e/parameters/kind", R"({"type": "one_of"})",
       "endpoints/e/parameters/kind/values"},
      {"/endpoints/e/parameters/kind", R"({"type": "one_of", "values": ["a", "a"]})",
       "endpoints/e/parameters/kind/values[1]"},
      {"/endpoints/e/parameters/kind", R"({"minimum": 1})", "endpoints/e/parameters/kind/minimum"},
      {"/endpoints/e/parameters/kind", R"({"min_length": 9, "max_length": 8})",
       "endpoints/e/parameters/kind/min_length"},
      {"/endpoints/e/parameters/kind/characters", "\"z-a\"", ""},
      {"/endpoints/e/cache/key", "\"{nobody}\"", ""},
      {"/endpoints/e/cache/key", "\"\"", ""},
      {"/endpoints/e/cache/key", "\"rate_limit:{id}\"", ""},
      {"/endpoints/e/cache/key", "\"circuit_breaker:x\"", ""},
      {"/endpoints/e/cache/key", "\"quote:{id}\"", ""},
      {"/endpoints/e/cache/key", "\"assets:{id}\"", ""},
      {"/endpoints/e/cache/key", "\"market:calls:{id}\"", ""},
      {"/endpoints/e/cache/tags", "\"t\"", ""},
      {"/endpoints/e/cache/tags", R"(["t", ""])", "endpoints/e/cache/tags[1]"},
      {"/endpoints/e/cache/tags", R"(["t", "u", "t"])", "endpoints/e/cache/tags[2]"},
      {"/endpoints/e/cache/tags", R"(["{nobody}"])", "endpoints/e/cache/tags[0]"},
      {"/endpoints/e/cache/tags", R"(["{id"])", "endpoints/e/cache/tags[0]"},
      {"/endpoints/e/cache/tags", R"(["{id.from}"])", "endpoints/e/cache/tags[0]"},
      {"/endpoints/e/cache/tags",
       R"(["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q"])", ""},
  });
}

TEST_CASE("what has no effect beside a Unix socket is told with both keys", "[config][check]") {
  const auto errors =
      errors_with({"/upstreams/alpha", R"({"url": "unix:/run/a", "tls": {"verify": false}})", ""});
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().message == "`tls` has no effect: `url` is the path of a Unix socket");
}

TEST_CASE("listeners on Unix sockets have no port, and no token", "[config][check]") {
  auto root = ordered_json::parse(checked_base);
  root["server"]["address"] = "unix:/run/api.sock";
  root["admin"]["address"] = "unix:/run/admin.sock";
  root["admin"]["port"] = 8080;
  root["admin"].erase("token");
  CHECK(errors_as_text(load_text(root.dump())).empty());
  root["admin"]["address"] = "unix:///run/api.sock";
  const auto errors = load_text(root.dump()).errors;
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().message == "the same as `server.address`");
}

TEST_CASE("a path says what is wrong with it in whole characters", "[config][check]") {
  struct row {
    const char* path;
    const char* message;
    const char* suggestion;
  };
  for (const auto& r :
       {row{R"("/météo")", "a path has no `é`; percent-encode it", "%C3%A9"},
        row{R"("/a[b")", "a path has no `[`; percent-encode it", "%5B"},
        row{R"("/%zz")",
            "a `%` begins an escape of two hexadecimal digits; `%25` is the character itself", ""},
        row{R"("/a%4")",
            "a `%` begins an escape of two hexadecimal digits; `%25` is the character itself", ""},
        row{R"("/a/../b")",
            "`.` and `..` are steps in a path, not segments: clients and servers resolve them", ""},
        row{R"("/a/%2E%2e")",
            "`.` and `..` are steps in a path, not segments: clients and servers resolve them",
            ""}}) {
    CAPTURE(r.path);
    for (const char* where : {"/endpoints/f/path", "/endpoints/f/parts/p/path"}) {
      const auto errors = errors_with({where, r.path, ""});
      REQUIRE(errors.size() == 1);
      CHECK(errors.front().message == r.message);
      CHECK(errors.front().suggestion == r.suggestion);
    }
  }
  for (const char* fine :
       {R"("/caf%C3%A9")", R"("/a/...")", R"("/a%2Fb")", R"("/.well-known/x")"}) {
    CAPTURE(fine);
    CHECK(errors_with({"/endpoints/f/path", fine, ""}).empty());
  }
}

TEST_CASE("two spellings of one path are one route", "[config][check]") {
  auto root = ordered_json::parse(checked_base);
  root["endpoints"]["e"]["path"] = "/caf%C3%A9/{id}";
  root["endpoints"]["f"] = root["endpoints"]["e"];
  root["endpoints"]["f"]["path"] = "/%63af%c3%a9/{id}";
  root["endpoints"]["f"]["cache"]["key"] = "other:{id}";
  const auto errors = load_text(root.dump()).errors;
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().message == "the endpoint `e` has this path already");
}

TEST_CASE("a path has as many parameters as the router can hold", "[config][check]") {
  auto with = [](std::size_t count) {
    auto root = ordered_json::parse(checked_base);
    auto& endpoint = root["endpoints"]["f"];
    std::string path;
    for (std::size_t i = 0; i < count; ++i) {
      auto name = "p" + std::to_string(i);
      path += "/{" + name + "}";
      endpoint["parameters"][name] = {{"in", "path"}};
    }
    endpoint["path"] = path;
    return errors_as_text(load_text(root.dump()));
  };
  CHECK(with(16).empty());
  CHECK(with(17).find("endpoints.f.path: more than 16 parameters") != std::string::npos);
}

TEST_CASE("what has a key of the gateway's own is kept in memory alone", "[config][check]") {
  auto cached = [](const char* key) {
    return load_text(ordered_json::parse(checked_base)
                         .patch({{{"op", "replace"},
                                  {"path", "/endpoints/e/cache"},
                                  {"value", {{"key", key}, {"redis", false}}}}})
                         .dump());
  };
  CHECK(errors_as_text(cached("quote:{id}")).empty());
  CHECK(errors_with({"/endpoints/e/cache/key", "\"quotes:{id}\"", ""}).empty());
  CHECK(errors_with({"/endpoints/e/cache/key", "\"{id}quote:\"", ""}).empty());
}

namespace {

/// The errors of a file with these members of the endpoints `a` and `b` beside their parts.
std::string errors_of_keys(const std::string& a, const std::string& b) {
  constexpr const char* rest = R"(, "parts": {"p": {"upstream": "u", "path": "/"}}})";
  return errors_as_text(load_text(R"({"upstreams": {"u": {"url": "http://h"}}, "endpoints": {
    "a": {"path": "/a/{id}", )" + a +
                                  rest + R"(, "b": {"path": "/b/{id}", )" + b + rest + "}}"));
}

/// An endpoint with the parameter `id`, which has these members beside its place, and a key.
std::string keyed(const std::string& key, const std::string& id = "",
                  const std::string& more = "") {
  return R"("parameters": {"id": {"in": "path")" + id + "}" + more + R"(}, "cache": {"key": ")" +
         key + R"("})";
}

bool share_keys(const std::string& a, const std::string& b) {
  const auto errors = errors_of_keys(a, b);
  CAPTURE(a, b, errors);
  const bool refused = errors.find("endpoints.b.cache.key: ") != std::string::npos;
  CHECK(refused != errors.empty());
  return refused;
}

}  // namespace

TEST_CASE("two endpoints whose keys can be the same are refused", "[config][check]") {
  const std::string more = R"(, "x": {})";
  CHECK(share_keys(keyed("user:{id}"), keyed("user:{id}")));
  CHECK(share_keys(keyed("user:{id}"), keyed("user:me")));
  CHECK(share_keys(keyed("user:me"), keyed("user:{id}")));
  CHECK(share_keys(keyed("{id}"), keyed("me")));
  CHECK(share_keys(keyed("user:{id}"), keyed("user:a%3Ab")));
  CHECK(share_keys(keyed("{id}:x"), keyed("x:{id}")));
  CHECK(share_keys(keyed("user:{id}", "", more), keyed("user:{id}:orders")));
  CHECK(share_keys(keyed("user", R"(, "type": "instant")"), keyed("user:2024-05-01T12:00:00Z")));
  CHECK(share_keys(keyed("user:{id}", R"(, "type": "one_of", "values": ["me", "you"])"),
                   keyed("user:you")));
}

TEST_CASE("two endpoints whose keys cannot be the same are taken", "[config][check]") {
  CHECK_FALSE(share_keys(keyed("user:{id}"), keyed("order:{id}")));
  CHECK_FALSE(share_keys(keyed("user:{id}"), keyed("user:{id}:orders")));
  CHECK_FALSE(share_keys(keyed("user:{id}"), keyed("users")));
  CHECK_FALSE(share_keys(keyed("user:{id}", R"(, "type": "integer")"), keyed("user:me")));
  CHECK_FALSE(share_keys(keyed("user:{id}", R"(, "type": "one_of", "values": ["me", "you"])"),
                         keyed("user:mu")));
}

TEST_CASE("a key by which two values run into each other is refused", "[config][check]") {
  const auto errors = [](const std::string& key, const std::string& id) {
    return errors_of_keys(keyed(key, id, R"(, "x": {"required": true})"), keyed("b:{id}"));
  };
  const std::string number = R"(, "type": "integer")";
  CHECK(errors("k:{id}{x}", "").find("endpoints.a.cache.key: ") != std::string::npos);
  CHECK(errors("k:{id}-{x}", "").find("put a `:` between them") != std::string::npos);
  CHECK(errors("k:{id}{x}", number).find("endpoints.a.cache.key: ") != std::string::npos);
  CHECK(errors("k:{id}:{x}", "").empty());
  CHECK(errors("k:{id}_{x}", number).empty());
  CHECK(errors("k:{x}_{id}", number).empty());
  CHECK(errors("k:{id}{x}", R"(, "type": "instant")").empty());
}

TEST_CASE("many keys that begin alike and end differently are taken", "[config][check]") {
  auto root = ordered_json::parse(checked_base);
  for (int i = 0; i < 300; ++i) {
    const auto name = "e" + std::to_string(i);
    root["endpoints"][name] = {{"path", "/" + name + "/{id}"},
                               {"parameters", {{"id", {{"in", "path"}}}}},
                               {"parts", {{"p", {{"upstream", "alpha"}, {"path", "/"}}}}},
                               {"cache", {{"key", "{id}:" + name}}}};
  }
  root["endpoints"]["e"].erase("cache");
  CHECK(errors_as_text(load_text(root.dump())).empty());
}

TEST_CASE("parts that contradict themselves are refused", "[config][check]") {
  check_rows({
      {"/endpoints/e/parts/p/upstream", "\"alhpa\"", ""},
      {"/endpoints/e/parts/p/timeout", "\"4s\"", ""},
      {"/endpoints/e/parts/p/default", "{}", ""},
      {"/endpoints/e/parts/p/path", "\"x\"", ""},
      {"/endpoints/e/parts/p/path", "\"/{kind}\"", ""},
      {"/endpoints/e/parts/p/path", "\"/{id.from}\"", ""},
      {"/endpoints/e/parts/p/member", "\"error\"", ""},
      {"/endpoints/e/parts/q/member", "\"p\"", ""},
      {"/endpoints/e/parts/p/query", R"({"a": "{nobody}"})", "endpoints/e/parts/p/query/a"},
      {"/endpoints/e/parts/p/headers", R"({"Host": "x"})", "endpoints/e/parts/p/headers/Host"},
      {"/endpoints/e/parts/p/headers", R"({"a b": "x"})", "endpoints/e/parts/p/headers/a b"},
      {"/endpoints/e/parts/p/headers", R"({"X-A": "x\r\ny"})", "endpoints/e/parts/p/headers/X-A"},
      {"/endpoints/e/parts/p/headers", R"({"X-A": "x", "x-a": "y"})",
       "endpoints/e/parts/p/headers/x-a"},
      {"/endpoints/e/parts/p/headers", R"({"X-Api-Key": "abc"})",
       "endpoints/e/parts/p/headers/X-Api-Key"},
      {"/endpoints/e/parts/p/on_status", R"({"40x": {"code": "A", "message": "m"}})",
       "endpoints/e/parts/p/on_status/40x"},
      {"/endpoints/e/parts/p/on_status", R"({"404": {"code": "a", "message": "m"}})",
       "endpoints/e/parts/p/on_status/404/code"},
      {"/endpoints/e/parts/q", R"({"upstream": "beta", "path": "/", "merge": "root",
        "required": false, "default": 1})",
       "endpoints/e/parts/q/default"},
  });
}

TEST_CASE("caches of parts that contradict themselves are refused", "[config][check]") {
  check_rows({
      {"/endpoints/e/parts/p/cache", R"({"force_ttl": true})",
       "endpoints/e/parts/p/cache/force_ttl"},
      {"/endpoints/e/parts/p/cache", R"({"ttl": "0ms"})", "endpoints/e/parts/p/cache/ttl"},
      {"/endpoints/e/parts/p/cache", "true", ""},
  });
  CHECK(errors_with({"/endpoints/e/parts/p/cache", "{}", ""}).empty());
  CHECK(errors_with({"/endpoints/e/parts/p/cache",
                     R"({"ttl": "1s", "force_ttl": true, "stale_if_error": "0s"})", ""})
            .empty());
}

TEST_CASE("fallbacks that cannot work are refused", "[config][check]") {
  struct refused {
    const char* steps;
    const char* path;  ///< below `fallback`
  };
  auto row = GENERATE(
      refused{R"({"static": 1})", ""}, refused{R"(["beta"])", "[0]"}, refused{R"([{}])", "[0]"},
      refused{R"([{"upstream": "beta", "static": 1}])", "[0]"},
      refused{R"([{"path": "/"}])", "[0]"}, refused{R"([{"max_stale": "1s"}])", "[0]"},
      refused{R"([{"upstream": "beta", "max_stale": "1s"}])", "[0].max_stale"},
      refused{R"([{"static": 1, "path": "/"}])", "[0].path"},
      refused{R"([{"statik": 1, "upstream": "beta"}])", "[0].statik"},
      refused{R"([{"upstream": "betta"}])", "[0].upstream"},
      refused{R"([{"upstream": ""}])", "[0].upstream"},
      refused{R"([{"upstream": "alpha"}])", "[0].upstream"},
      refused{R"([{"upstream": "beta"}, {"upstream": "beta", "path": "/"}])", "[1].upstream"},
      refused{R"([{"upstream": "beta", "path": "x"}])", "[0].path"},
      refused{R"([{"upstream": "beta", "path": "/{nobody}"}])", "[0].path"},
      refused{R"([{"upstream": "beta", "path": "/{kind}"}])", "[0].path"},
      refused{R"([{"upstream": "beta", "path": "/{id"}])", "[0].path"},
      refused{R"([{"cache": "stale"}])", "[0].cache"},
      refused{R"([{"cache": "fresh"}])", "[0].cache"},
      refused{R"([{"static": 1}, {"upstream": "beta"}, {"static": 2}])", "[1]"},
      refused{R"([{"static": 1}, {"static": 2}])", "[1]"},
      refused{R"([{"static":1},{"static":1},{"static":1},{"static":1},{"static":1},{"static":1},
                  {"static":1},{"static":1},{"static":1}])",
              ""});
  CAPTURE(row.steps);
  auto errors = errors_with({"/endpoints/e/parts/p/fallback", row.steps, ""});
  REQUIRE_FALSE(errors.empty());
  CAPTURE(errors[0].message);
  CHECK(errors[0].path == std::string{"endpoints.e.parts.p.fallback"} + row.path);
}

TEST_CASE("a fallback names the upstream that may have been meant", "[config][check]") {
  auto errors = errors_with({"/endpoints/e/parts/p/fallback", R"([{"upstream": "betta"}])", ""});
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].suggestion == "beta");
}

TEST_CASE("a fallback that fits its part is accepted", "[config][check]") {
  auto part = GENERATE(
      R"({"upstream": "alpha", "path": "/", "fallback": [{"upstream": "beta", "path": "/x/{id}"},
          {"upstream": "gamma"}, {"static": null}]})",
      R"({"upstream": "alpha", "path": "/", "cache": {}, "fallback": [{"cache": "stale"},
          {"upstream": "beta"}]})",
      R"({"upstream": "alpha", "path": "/", "merge": "root", "fallback": [{"static": {"a": 1}}]})",
      R"({"upstream": "alpha", "path": "/", "fallback": []})");
  CAPTURE(part);
  auto root = ordered_json::parse(checked_base);
  root["upstreams"]["gamma"] = {{"url", "http://h"}};
  root["endpoints"]["e"]["parts"]["p"] = ordered_json::parse(part);
  CHECK(errors_as_text(load_text(root.dump())).empty());
}

TEST_CASE("a step is judged by its part", "[config][check]") {
  check_rows({
      {"/endpoints/e/parts/p", R"({"upstream": "alpha", "path": "/", "merge": "root",
        "fallback": [{"static": 1}]})",
       "endpoints/e/parts/p/fallback[0]/static"},
      {"/endpoints/e/parts/p", R"({"upstream": "alpha", "path": "/", "cache": {},
        "fallback": [{"cache": "stale"}, {"cache": "stale", "max_stale": "1h"}]})",
       "endpoints/e/parts/p/fallback[1]/cache"},
      {"/endpoints/e/parts/p", R"({"upstream": "alpha", "path": "/", "cache": {},
        "fallback": [{"cache": "stale", "max_stale": "0s"}]})",
       "endpoints/e/parts/p/fallback[0]/max_stale"},
      {"/endpoints/e/parts/p/fallback", R"([{}, {"static": 1}])",
       "endpoints/e/parts/p/fallback[0]"},
      {"/endpoints/e/parts/p/fallback", R"([1, {"static": 1}])", "endpoints/e/parts/p/fallback[0]"},
      {"/endpoints/e/parts/p/fallback", R"([{"upstream": "beta", "static": 1}, {"static": 1}])",
       "endpoints/e/parts/p/fallback[0]"},
  });
}

TEST_CASE("a default satisfies its own parameter", "[config][check]") {
  struct judged {
    const char* parameter;
    bool valid;
  };
  auto row = GENERATE(
      judged{R"({"default": "abc"})", true}, judged{R"({"default": ""})", false},
      judged{R"({"characters": "a-b", "default": "abc"})", false},
      judged{R"({"max_length": 2, "default": "äö"})", true},
      judged{R"({"max_length": 2, "default": "abc"})", false},
      judged{R"({"type": "integer", "default": 5})", true},
      judged{R"({"type": "integer", "default": 5.5})", false},
      judged{R"({"type": "number", "maximum": 5, "default": 5.5})", false},
      judged{R"({"type": "number", "default": "x"})", false},
      judged{R"({"type": "boolean", "default": true})", true},
      judged{R"({"type": "boolean", "default": "yes"})", false},
      judged{R"({"type": "one_of", "values": ["a"], "default": "a"})", true},
      judged{R"({"type": "one_of", "values": ["a"], "default": "b"})", false},
      judged{R"({"type": "instant", "default": "2024-02-29T23:59:60.5+01:30"})", true},
      judged{R"({"type": "instant", "default": "2023-02-29T00:00:00Z"})", false},
      judged{R"({"type": "instant", "default": "2023-02-28T00:00:00"})", false},
      judged{R"({"type": "interval", "default": "2023-01-01T00:00:00Z/2023-01-02T00:00:00Z"})",
             true},
      judged{R"({"type": "interval", "default": "2023-01-01T00:00:00Z/"})", false},
      judged{R"({"type": "parts", "default": "all"})", true},
      judged{R"({"type": "parts", "default": "q,p"})", true},
      judged{R"({"type": "parts", "default": "p,p"})", false},
      judged{R"({"type": "parts", "default": "p,x"})", false});
  CAPTURE(row.parameter);
  auto errors = errors_with({"/endpoints/e/parameters/kind", row.parameter, ""});
  CHECK(errors.empty() == row.valid);
  if (!row.valid) CHECK(errors.at(0).path == "endpoints.e.parameters.kind.default");
}

}  // namespace tributary::config
