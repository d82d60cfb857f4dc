// SPDX-License-Identifier: MIT
#include "http/server/router.hpp"
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::tests {

using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;
using http::server::router;

namespace {

/// Routes of one configuration: `/word` says its word, `/held` is answered when the test says so.
struct spoken_routes {
  explicit spoken_routes(std::string said) : word(std::move(said)) {
    routes->add(method::get, "/word", [this](const request&, responder answer) {
      std::move(answer).respond(make_response(200, "text/plain", word));
    });
    routes->add(method::get, "/held", [this](const request&, responder answer) {
      const std::lock_guard lock(mutex);
      held.push_back(std::move(answer));
    });
  }

  bool holds_one() {
    const std::lock_guard lock(mutex);
    return held.size() == 1;
  }

  void let_go() {
    const std::lock_guard lock(mutex);
    for (auto& each : held) std::move(each).respond(make_response(200, "text/plain", word));
    held.clear();
  }

  const std::string word;
  std::shared_ptr<router> routes = std::make_shared<router>();
  std::mutex mutex;
  std::vector<responder> held;
};

std::string ask(raw_client& client, std::string_view path) {
  client.send("GET " + std::string{path} + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return std::string{body_of(client.read_answer())};
}

}  // namespace

TEST_CASE("requests that begin after a change of configuration meet the new routes",
          "[generation]") {
  spoken_routes before{"old"};
  spoken_routes after{"new"};
  test_server server{before.routes};
  raw_client client{server.port()};
  CHECK(ask(client, "/word") == "old");
  server.listener().serve(server.serving(after.routes));
  server.run_on_loop();
  CHECK(ask(client, "/word") == "new");
  raw_client later{server.port()};
  CHECK(ask(later, "/word") == "new");
}

TEST_CASE("a request in work keeps the routes that it began with, and they live until its end",
          "[generation]") {
  auto before = std::make_unique<spoken_routes>("old");
  spoken_routes after{"new"};
  const std::weak_ptr<router> old_routes = before->routes;
  test_server server{before->routes};
  raw_client client{server.port()};
  client.send("GET /held HTTP/1.1\r\nHost: test\r\n\r\n");
  REQUIRE(eventually([&] { return before->holds_one(); }));
  server.listener().serve(server.serving(after.routes));
  server.run_on_loop();
  before->routes.reset();
  CHECK_FALSE(old_routes.expired());
  before->let_go();
  CHECK(body_of(client.read_answer()) == "old");
  CHECK(eventually([&] { return old_routes.expired(); }));
  CHECK(server.observer.entries().size() == 1);
}

}  // namespace tributary::tests
