// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_handler.hpp"

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace actors::market;
using namespace std::chrono_literals;
using nlohmann::json;
using pm::asset_class;

struct served_lists {
  served_lists() : server(routes_for(shelf)), client(server.port()) {}

  static std::shared_ptr<const http::server::router> routes_for(
      std::shared_ptr<const asset_shelf> from) {
    auto routes = std::make_shared<http::server::router>();
    const std::shared_ptr<http::server::handler> handler =
        std::make_shared<http::server::assets_handler>(std::move(from));
    routes->add(http::server::method::get, "/v1/assets/{asset_type}", handler);
    return routes;
  }
  void publish(asset_class kind, std::vector<pm::asset> rows) {
    const asset_list list{std::make_shared<const std::vector<pm::asset>>(std::move(rows)),
                          std::chrono::system_clock::now()};
    shelf->publish(asset_table::merge(kind, {&list, 1}));
  }
  std::string ask(const std::string& target, const std::string& fields = "",
                  const std::string& method = "GET") {
    client.send(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return client.read_answer(method == "HEAD" || fields.find("If-None-Match") != fields.npos);
  }

  std::shared_ptr<asset_shelf> shelf = std::make_shared<asset_shelf>();
  test_server server;
  raw_client client;
};

}  // namespace

TEST_CASE_METHOD(served_lists, "lists are served from the moment that they are there") {
  CHECK(status_of(ask("/v1/assets/forex")) == 503);
  publish(asset_class::forex, {{"EUR/USD", "Euro", "forex", "", "USD"}});
  const auto answer = ask("/v1/assets/forex");
  CHECK(status_of(answer) == 200);
  const auto body = json::parse(body_of(answer));
  CHECK(body["total"] == 1);
  CHECK(body["assets"][0]["symbol"] == "EUR/USD");
  CHECK(status_of(ask("/v1/assets/crypto")) == 503);
  CHECK(header_of(ask("/v1/assets/crypto"), "Retry-After") == "5");
}

TEST_CASE_METHOD(served_lists, "types that do not exist and wrong parameters are refused") {
  CHECK(status_of(ask("/v1/assets/bonds")) == 404);
  CHECK(status_of(ask("/v1/assets/bonds?limit=0")) == 404);
  CHECK(status_of(ask("/v1/assets/stocks?limit=0")) == 400);
  CHECK(status_of(ask("/v1/assets/stocks?q=")) == 400);
  CHECK(status_of(ask("/v1/assets/stocks?cursor=x")) == 400);
  CHECK(header_of(ask("/v1/assets/stocks?limit=0"), "Content-Type") == "application/problem+json");
}

TEST_CASE_METHOD(served_lists, "HEAD and conditional requests are answered without a body") {
  publish(asset_class::stock, {{"AAPL", "Apple", "stock", "", "USD"}});
  const auto whole = ask("/v1/assets/stocks?q=apple");
  const auto head = ask("/v1/assets/stocks?q=apple", "", "HEAD");
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Length") == std::to_string(body_of(whole).size()));
  CHECK(header_of(head, "ETag") == header_of(whole, "ETag"));
  const auto etag = header_of(whole, "ETag");
  CHECK(status_of(ask("/v1/assets/stocks?q=apple", "If-None-Match: " + etag + "\r\n")) == 304);
  CHECK(status_of(ask("/v1/assets/stocks?q=apple", "If-None-Match: W/" + etag + "\r\n")) == 304);
}

}  // namespace tributary::tests
