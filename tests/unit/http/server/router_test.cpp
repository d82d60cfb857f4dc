// SPDX-License-Identifier: MIT
#include "http/server/router.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace tributary::http::server {

namespace {

const auto nothing = [](const request&, responder) {};

request asking(std::string_view name, std::string_view path) {
  request asked;
  asked.method_name = name;
  asked.method = to_method(name);
  asked.path = asked.target = path;
  return asked;
}

std::string field(const response& answer, const std::string& name) {
  const auto at = answer.headers.find(name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return answer.headers.substr(begin, answer.headers.find('\r', begin) - begin);
}

}  // namespace

TEST_CASE("literal segments win over parameters, whatever the order of declaration") {
  router routes;
  const auto any = routes.add(method::get, "/users/{id}", nothing);
  const auto me = routes.add(method::get, "/users/me", nothing);
  const auto deep = routes.add(method::get, "/{a}/{b}/{c}", nothing);
  const auto sub = routes.add(method::get, "/users/{id}/summary", nothing);
  const auto root = routes.add(method::get, "/", nothing);
  const auto cafe = routes.add(method::get, "/caf%C3%A9/%7Bx%7D", nothing);
  CHECK_THROWS_AS(routes.add(method::get, "/%63af%c3%a9/%7bx%7d", nothing), std::invalid_argument);
  CHECK_THROWS_AS(routes.add(method::get, "/%zz", nothing), std::invalid_argument);
  const std::pair<const char*, std::size_t> rows[] = {
      {"/users/7", any},
      {"/users/me", me},
      {"/users/%6De", me},
      {"/users/me/summary", sub},
      {"/x/y/z", deep},
      {"/users/7/other", deep},
      {"/", root},
      {"/caf%c3%a9/{x}", cafe},
      {"/c%61f%C3%A9/%7Bx%7D", cafe},
  };
  for (const auto& [path, expected] : rows) {
    CAPTURE(path);
    auto asked = asking("GET", path);
    response answer;
    REQUIRE(routes.resolve(asked, answer) != nullptr);
    CHECK(asked.route == expected);
  }
  auto asked = asking("GET", "/users/a%2Fb/other");
  response answer;
  routes.resolve(asked, answer);
  REQUIRE(asked.path_parameters.size() == 3);
  CHECK(asked.path_value("b") == "a%2Fb");
  CHECK(asked.path_value("d").empty());
}

TEST_CASE("finding a route does not grow with their number") {
  router routes;
  for (int i = 0; i < 10'000; ++i) {
    const auto name = std::to_string(i);
    REQUIRE(routes.add(method::get, "/endpoint-" + name, nothing) ==
            2 * static_cast<std::size_t>(i));
    routes.add(method::get, "/users/{id}/part-" + name, nothing);
  }
  CHECK(routes.most_compared() < 16);
  for (const auto* path : {"/endpoint-0", "/endpoint-9999", "/end%70oint-4711"}) {
    CAPTURE(path);
    auto asked = asking("GET", path);
    response answer;
    REQUIRE(routes.resolve(asked, answer) != nullptr);
  }
  auto asked = asking("GET", "/users/7/part-1234");
  response answer;
  REQUIRE(routes.resolve(asked, answer) != nullptr);
  CHECK(asked.route == 2469);
  CHECK(asked.path_value("id") == "7");
}

TEST_CASE("a path without a route is 404") {
  router routes;
  routes.add(method::get, "/a/{b}", nothing);
  for (const auto* path :
       {"/", "/a", "/a/", "/a/b/", "/a//", "//a/b", "/A/b", "/a/b/c", "/./a/b"}) {
    CAPTURE(path);
    auto asked = asking("GET", path);
    response answer;
    CHECK(routes.resolve(asked, answer) == nullptr);
    CHECK(answer.status == 404);
    CHECK(asked.route == request::no_route);
  }
}

TEST_CASE("a method without a route is 405 with those that have one") {
  router routes;
  routes.add(method::get, "/a", nothing);
  routes.add(method::delete_, "/a", nothing);
  routes.add(method::post, "/b", nothing);
  for (const auto* name : {"POST", "get", "BREW", "TRACE", ""}) {
    auto asked = asking(name, "/a");
    response answer;
    CHECK(routes.resolve(asked, answer) == nullptr);
    CHECK(answer.status == 405);
    CHECK(field(answer, "Allow") == "GET, HEAD, DELETE, OPTIONS");
  }
  auto asked = asking("HEAD", "/b");
  response answer;
  CHECK(routes.resolve(asked, answer) == nullptr);
  CHECK(answer.status == 405);
  CHECK(field(answer, "Allow") == "POST, OPTIONS");
}

TEST_CASE("OPTIONS names the methods, of a path or of the whole server") {
  router routes;
  routes.add(method::post, "/b", nothing);
  auto asked = asking("OPTIONS", "/b");
  response answer;
  CHECK(routes.resolve(asked, answer) == nullptr);
  CHECK(answer.status == 204);
  CHECK(field(answer, "Allow") == "POST, OPTIONS");
  auto whole = asking("OPTIONS", "");
  whole.target = "*";
  CHECK(routes.resolve(whole, answer) == nullptr);
  CHECK(answer.status == 204);
  CHECK_FALSE(field(answer, "Allow").empty());
}

TEST_CASE("HEAD goes to GET's route unless it has its own") {
  router routes;
  const auto got = routes.add(method::get, "/a", nothing);
  routes.add(method::get, "/b", nothing);
  const auto own = routes.add(method::head, "/b", nothing);
  response answer;
  auto to_get = asking("HEAD", "/a");
  routes.resolve(to_get, answer);
  CHECK(to_get.route == got);
  auto to_own = asking("HEAD", "/b");
  routes.resolve(to_own, answer);
  CHECK(to_own.route == own);
}

TEST_CASE("what Accept excludes is 406, and what it likes best is chosen") {
  router routes;
  route_options options;
  options.produces = {"application/json", "text/event-stream"};
  routes.add(method::get, "/a", nothing, options);
  const auto with = [&](std::vector<header_field> fields) {
    auto asked = asking("GET", "/a");
    asked.headers = std::move(fields);
    response answer;
    const bool served = routes.resolve(asked, answer) != nullptr;
    return served ? std::string(asked.media_type) : std::to_string(answer.status);
  };
  CHECK(with({}) == "application/json");
  CHECK(with({{"Accept", "*/*"}}) == "application/json");
  CHECK(with({{"accept", "text/*, application/json;q=0.9"}}) == "text/event-stream");
  CHECK(with({{"Accept", "text/html"}}) == "406");
  CHECK(with({{"Accept", "text/html"}, {"Accept", "*/*;q=0.1"}}) == "application/json");
  CHECK(with({{"Accept", "*/*;q=0"}}) == "406");
}

TEST_CASE("templates that cannot be are refused") {
  router routes;
  routes.add(method::get, "/a/{b}", nothing);
  for (const auto* path : {"", "a", "/a/{b}", "/a/{c}", "/x{y}", "/{", "/{}"}) {
    CAPTURE(path);
    CHECK_THROWS_AS(routes.add(method::get, path, nothing), std::invalid_argument);
  }
}

}  // namespace tributary::http::server
