// SPDX-License-Identifier: MIT
#include "http/io/name_resolver.hpp"
#include "http/server/systems/systems.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <list>
#include <memory>
#include <string>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using http::io::resolution;

/// An endpoint `/NAME` for each upstream `http://NAME.test`.
std::string asking(const std::list<std::string>& names, std::uint16_t port,
                   const std::string& connect_timeout) {
  std::string upstreams;
  std::string endpoints;
  for (const auto& name : names) {
    const auto* comma = upstreams.empty() ? "" : ",";
    upstreams += comma + ('"' + name) + R"(": {"url": "http://)" + name +
                 ".test:" + std::to_string(port) + R"(", "connect_timeout": ")" + connect_timeout +
                 "\"}";
    endpoints += comma + ('"' + name) + R"(": {"path": "/)" + name +
                 R"(", "timeout": "5s", "parts": {"p": {"upstream": ")" + name +
                 R"(", "path": "/"}}})";
  }
  return R"({"upstreams": {)" + upstreams + R"(}, "endpoints": {)" + endpoints + "}}";
}

http::server::gateway_options looking_up_by(std::shared_ptr<http::io::name_resolver> resolver) {
  return {.roles = http::server::all_roles(), .resolver = std::move(resolver)};
}

}  // namespace

TEST_CASE("look-ups that hang hold up no other upstream's", "[names]") {
  stub_upstream stub;
  stub.always(answer("1"));
  std::promise<void> release;
  const auto released = release.get_future().share();
  const auto asked = std::make_shared<std::atomic<int>>(0);
  const auto resolver = http::io::make_threaded_resolver([=](const std::string& host) {
    ++*asked;
    if (host.starts_with("slow")) released.wait();
    return resolution{{boost::asio::ip::make_address("127.0.0.1")}, {}};
  });
  const std::list<std::string> names{"slow0", "slow1", "slow2", "slow3", "slow4", "slow5", "quick"};
  {
    running_gateway gateway{configured(asking(names, stub.port(), "2s")),
                                  looking_up_by(resolver)};
    std::list<raw_client> waiting;
    for (int i = 0; i < 6; ++i) {
      waiting.emplace_back(gateway->port());
      waiting.back().send(running_gateway::request("GET", "/slow" + std::to_string(i)));
    }
    REQUIRE(eventually([&] { return *asked >= 6; }));
    const auto began = std::chrono::steady_clock::now();
    CHECK(status_of(gateway.get("/quick")) == 200);
    CHECK(std::chrono::steady_clock::now() - began < 1s);
  }
  release.set_value();
}

TEST_CASE("a dead address of a name delays some requests and not all", "[names]") {
  stub_upstream stub;
  stub.always(script{}.send(answer("1")).close());
  const silent_port dead{stub.port(), 2};
  const auto resolver = http::io::make_threaded_resolver([](const std::string&) {
    return resolution{
        {boost::asio::ip::make_address("127.0.0.2"), boost::asio::ip::make_address("127.0.0.1")},
        {}};
  });
  const running_gateway gateway{configured(asking({"svc"}, stub.port(), "1s")),
                                looking_up_by(resolver)};
  int slow = 0;
  for (int i = 0; i < 8; ++i) {
    const auto began = std::chrono::steady_clock::now();
    CHECK(status_of(gateway.get("/svc")) == 200);
    slow += std::chrono::steady_clock::now() - began > 400ms ? 1 : 0;
  }
  CHECK(slow <= 2);  // one for each worker
}

}  // namespace tributary::tests
