// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_server.hpp"

#include "providers/vendors/webhook_signature.hpp"
#include "support/stub_upstream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using providers::vendors::judge_signature;
using providers::vendors::webhook_secret;
using tests::answer;
using tests::script;
using tests::stub_upstream;

namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

mock_options signing_options() {
  auto result = mock_options::on_free_ports();
  result.webhook_secret = secret;
  return result;
}

/// A mock that runs and signs, one connection to its vendors, and who takes their webhooks.
struct vendor_world {
  vendor_world() {
    REQUIRE_FALSE(server.start());
    socket.connect({asio::ip::address_v4::loopback(), server.port("vendor_async")});
  }

  void send(std::string_view target) {
    beast::request<beast::string_body> request{
        beast::verb::post, boost::beast::string_view{target.data(), target.size()}, 11};
    request.set(beast::field::host, "mock");
    request.set("Idempotency-Key", "\"k/1\"");
    request.body() =
        nlohmann::json{
            {"job_id", "j1"}, {"payload", 1}, {"callback_url", receiver.url() + "/hook?token=t"}}
            .dump();
    request.prepare_payload();
    beast::write(socket, request);
  }

  /// The status and the body of the answer; 0 where the connection ended first.
  std::pair<unsigned, std::string> receive() {
    boost::beast::flat_buffer buffer;
    beast::response_parser<beast::string_body> parser;
    boost::system::error_code error;
    beast::read(socket, buffer, parser, error);
    if (error) return {0, error.message()};
    return {parser.get().result_int(), parser.get().body()};
  }

  stub_upstream receiver;
  mock_server server{signing_options()};
  asio::io_context context;
  asio::ip::tcp::socket socket{context};
};

}  // namespace

TEST_CASE("a webhook arrives where the order said, signed, and before the acceptance if wanted",
          "[mock]") {
  vendor_world world;
  world.receiver.always(answer("{}", 200));
  world.server.set("vendor_async", {{"webhook_first", true}});
  world.send("/async/jobs");
  CHECK(world.receive().first == 202);
  REQUIRE(world.receiver.requests().size() == 1);
  const auto sent = world.receiver.requests().at(0);
  CHECK(sent.target == "/hook?token=t");
  CHECK(nlohmann::json::parse(sent.body).at("job_id") == "j1");
  const std::vector secrets{webhook_secret::parse(secret).value()};
  const auto id = sent.field("webhook-id");
  const auto timestamp = sent.field("webhook-timestamp");
  const auto signature = sent.field("webhook-signature");
  CHECK_FALSE(judge_signature(secrets, {id, timestamp, signature}, sent.body,
                              std::chrono::system_clock::now()));
}

TEST_CASE("a webhook arrives after the acceptance as a rule", "[mock]") {
  vendor_world world;
  world.receiver.always(answer("{}", 200));
  world.server.set("vendor_async", {{"webhook_delay_ms", 20}});
  world.send("/async/jobs");
  CHECK(world.receive().first == 202);
  CHECK(world.receiver.await_requests(1));
}

TEST_CASE("a vendor's connection ends where its knob says", "[mock]") {
  const auto answer_with = [](std::string_view drop) {
    vendor_world world;
    world.server.set("vendor_sync", {{"drop", drop}});
    world.send("/sync/jobs");
    return world.receive();
  };
  CHECK(answer_with("none").first == 200);
  CHECK(answer_with("before") == std::pair{0U, std::string{"end of stream"}});
  CHECK(answer_with("after") == std::pair{0U, std::string{"end of stream"}});
  CHECK(answer_with("half") == std::pair{0U, std::string{"partial message"}});
}

TEST_CASE("a stop does not wait for an acceptance that is held back", "[mock]") {
  vendor_world world;
  world.receiver.always(script{}.hang());
  world.server.set("vendor_async", {{"webhook_first", true}});
  world.send("/async/jobs");
  REQUIRE(world.receiver.await_requests(1));
  world.server.stop();
  CHECK(world.receive().first == 0);
}

TEST_CASE("a mock with a secret that is none is not made", "[mock]") {
  auto options = mock_options::on_free_ports();
  options.webhook_secret = "hunter2";
  CHECK_THROWS_AS(mock_server{options}, std::invalid_argument);
}

}  // namespace tributary::providers::mock
