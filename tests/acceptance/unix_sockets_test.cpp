// SPDX-License-Identifier: MIT
#include "support/gateway_fixture.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::tests {

namespace {

std::string asking(const std::string& url) {
  return R"({"upstreams": {"u": {"url": ")" + url + R"("}},
    "endpoints": {"e": {"path": "/things/{id}", "parameters": {"id": {"in": "path"}},
                        "parts": {"p": {"upstream": "u", "path": "/things/{id}"}}}}})";
}

}  // namespace

TEST_CASE("a gateway listens on a Unix socket and calls upstreams on others", "[unix]") {
  const temporary_folder folder;
  stub_upstream stub{folder.file("stub")};
  stub.always(answer(R"({"v":1})"));
  auto settings = configured(asking(stub.url()));
  settings.server.address = "unix:" + folder.file("api");
  settings.admin.address = "unix:" + folder.file("admin");
  const running_gateway gateway{settings};
  raw_client client{folder.file("api")};
  for (int i = 0; i < 3; ++i) {
    client.send(running_gateway::request("GET", "/things/7"));
    const auto raw = client.read_answer();
    CHECK(status_of(raw) == 200);
    CHECK(body_of(raw) == R"({"p":{"v":1}})");
  }
  CHECK(stub.requests().at(0).target == "/things/7");
  CHECK(stub.requests().at(0).field("Host") == "localhost");
  CHECK(stub.connections() <= 2);  // kept, one for each worker
  raw_client operators{folder.file("admin")};
  operators.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(status_of(operators.read_answer()) == 200);
}

TEST_CASE("a start at the socket of a running gateway fails with its path", "[unix]") {
  const temporary_folder folder;
  stub_upstream stub;
  auto settings = configured(asking(stub.url()));
  settings.server.address = "unix:" + folder.file("api");
  const running_gateway first{settings};
  CHECK_THROWS_WITH(running_gateway{settings},
                    "cannot listen on unix:" + folder.file("api") +
                        ": another process accepts connections on this socket");
  raw_client client{folder.file("api")};
  client.send(running_gateway::request("GET", "/livez"));
  CHECK(status_of(client.read_answer()) == 200);
}

}  // namespace tributary::tests
