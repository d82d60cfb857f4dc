// SPDX-License-Identifier: MIT
#include "actors/actor_tree.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;

/// `/price`, whose one part falls back to a mirror, then to a constant.
config::settings price(const std::string& primary, const std::string& mirror,
                       const std::string& fallback) {
  return configured(R"({"upstreams": {"quotes": {"url": ")" + primary +
                    R"("}, "mirror": {"url": ")" + mirror + R"("}},
    "endpoints": {"price": {"path": "/price", "timeout": "1s", "cache": {"key": "price"},
      "parts": {"price": {"upstream": "quotes", "path": "/p", "query": {"x": "1"},
                          "fallback": )" +
                    fallback + R"(}}}}})");
}

constexpr auto mirror_then_constant = R"([{"upstream": "mirror"}, {"static": {"price": null}}])";

}  // namespace

TEST_CASE("another upstream stands in for one that fails", "[fallback]") {
  struct row {
    std::string what;
    script primary;
  };
  const std::vector<row> rows = {
      {"an error", answer("{}", 500)},
      {"no answer in time", script{}.hang()},
      {"a reset", script{}.reset()},
      {"garbage", script{}.send("SSH-2.0-OpenSSH\r\n\r\n").close()},
      {"a body that is not JSON", answer("{oops")},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    stub_upstream primary;
    stub_upstream mirror;
    primary.always(row.primary);
    mirror.always(answer(R"({"price":2.50})"));
    auto settings = price(primary.url(), mirror.url(), mirror_then_constant);
    settings.upstreams.front().timeout = 200ms;
    running_gateway gateway{std::move(settings)};
    const auto told = gateway.get("/price");
    CHECK(status_of(told) == 200);
    CHECK(body_of(told) == R"({"price":{"price":2.50}})");
    CHECK(header_of(told, "Aggregate-Complete") == "?1");
    CHECK(has(header_of(told, "Aggregate-Status"), "source=fallback;provider=mirror"));
    CHECK(header_of(told, "Cache-Control") == "no-store");
    CHECK(header_of(told, "Cache-Status") == "tributary; fwd=uri-miss");
    CHECK(mirror.requests().at(0).target == "/p?x=1");
    CHECK(has(gateway.admin("GET", "/metrics"),
              R"(tributary_degraded_total{endpoint="price",upstream="quotes"} 1)"));
  }
}

TEST_CASE("what a fallback gave is not kept for when the upstream is well again", "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.next(answer("{}", 500));
  primary.always(answer("1"));
  mirror.always(answer("2"));
  running_gateway gateway{price(primary.url(), mirror.url(), mirror_then_constant)};
  CHECK(body_of(gateway.get("/price")) == R"({"price":2})");
  const auto own = gateway.get("/price");
  CHECK(body_of(own) == R"({"price":1})");
  CHECK(header_of(own, "Cache-Status") == "tributary; fwd=uri-miss; stored");
}

TEST_CASE("the entries of a chain are tried in order", "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.always(answer("{}", 502));
  mirror.always(answer("{}", 404));
  running_gateway gateway{price(primary.url(), mirror.url(), mirror_then_constant)};
  const auto told = gateway.get("/price");
  CHECK(status_of(told) == 200);
  CHECK(body_of(told) == R"({"price":{"price":null}})");
  CHECK(has(header_of(told, "Aggregate-Status"), "source=static"));
  CHECK(mirror.requests().size() == 1);
}

TEST_CASE("a chain that ends without an answer tells what the first upstream did", "[fallback]") {
  stub_upstream primary;
  const refusing_port nobody;
  primary.always(answer("{}", 500));
  running_gateway gateway{price(primary.url(),
                                "http://127.0.0.1:" + std::to_string(nobody.number()),
                                R"([{"upstream": "mirror"}])")};
  const auto told = gateway.get("/price");
  CHECK(status_of(told) == 502);
  CHECK(has(header_of(told, "Aggregate-Status"), "error=http_response_status;status=500"));
}

TEST_CASE("what is the client's fault calls for no fallback", "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.always(answer("{}", 404));
  running_gateway gateway{price(primary.url(), mirror.url(), mirror_then_constant)};
  CHECK(status_of(gateway.get("/price")) == 404);
  CHECK(mirror.requests().empty());
}

TEST_CASE("a fallback stands in while the breaker is open, and has a breaker of its own",
          "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.always(answer("{}", 500));
  mirror.always(answer("2"));
  auto settings = price(primary.url(), mirror.url(), mirror_then_constant);
  settings.upstreams.front().breaker.min_calls = 1;
  running_gateway gateway{std::move(settings)};
  for (int i = 0; i < 5; ++i) CHECK(body_of(gateway.get("/price")) == R"({"price":2})");
  CHECK(eventually([&] {
    gateway.get("/price");
    return upstreams_of(gateway)[0]->state == actors::guards::breaker_state::open;
  }));
  const auto before = primary.requests().size();
  CHECK(body_of(gateway.get("/price")) == R"({"price":2})");
  CHECK(primary.requests().size() == before);
  CHECK(upstreams_of(gateway)[1]->state == actors::guards::breaker_state::closed);
}

TEST_CASE("a fallback keeps to the deadline of the request", "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.always(script{}.hang());
  mirror.always(script{}.hang());
  auto settings = price(primary.url(), mirror.url(), mirror_then_constant);
  settings.upstreams.front().timeout = 100ms;
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 400ms; });
  running_gateway gateway{std::move(settings)};
  const auto began = std::chrono::steady_clock::now();
  const auto told = gateway.get("/price");
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(status_of(told) == 200);  // the constant needs no time
  CHECK(has(header_of(told, "Aggregate-Status"), "source=static"));
  CHECK(took >= 300ms);
  CHECK(took < 2s);
}

TEST_CASE("a constant stands in even where no time at all is left for it", "[fallback]") {
  stub_upstream primary;
  stub_upstream mirror;
  primary.always(script{}.hang());
  auto settings = price(primary.url(), mirror.url(), R"([{"static": {"price": null}}])");
  alter_endpoint(settings, [&](auto& endpoint) {
    endpoint.timeout = 200ms;
    endpoint.merge_reserve = 0ms;  // the call and the gather end together
  });
  running_gateway gateway{std::move(settings)};
  for (int i = 0; i < 5; ++i) {
    const auto told = gateway.get("/price");
    CHECK(status_of(told) == 200);
    CHECK(has(header_of(told, "Aggregate-Status"), "source=static"));
  }
}

}  // namespace tributary::tests
