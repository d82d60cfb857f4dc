// SPDX-License-Identifier: MIT
#include "providers/mock/wire/webhook_sender.hpp"

#include "support/inbox.hpp"
#include "support/stub_upstream.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace tributary::providers::mock {

using namespace std::chrono_literals;
using tests::answer;
using tests::script;
using tests::stub_upstream;

namespace {

/// A sender that runs, and what came of its calls.
struct running_sender {
  running_sender() { sender.start(); }

  std::optional<std::string> post(outgoing_call call) {
    return sender.post(std::move(call),
                       [this](call_result result) { results.push(std::move(result)); });
  }

  tests::inbox<call_result> results;
  webhook_sender sender;
};

}  // namespace

TEST_CASE("a call is a POST with its body and fields, and its answer is told", "[mock]") {
  stub_upstream stub;
  stub.always(answer("thanks", 202));
  running_sender out;
  REQUIRE_FALSE(out.post({stub.url() + "/hook/a?token=t",
                          R"({"job_id":"1"})",
                          {{"webhook-id", "m1"}, {"Content-Type", "application/x"}}}));
  const auto result = out.results.take();
  CHECK(result.status == 202);
  CHECK(result.body == "thanks");
  CHECK(result.error.empty());
  const auto received = stub.requests().at(0);
  CHECK(received.method == "POST");
  CHECK(received.target == "/hook/a?token=t");
  CHECK(received.body == R"({"job_id":"1"})");
  CHECK(received.field("webhook-id") == "m1");
  CHECK(received.field("Content-Type") == "application/x");
  CHECK(received.field("Host") == stub.url().substr(std::string{"http://"}.size()));
  CHECK(out.sender.pending() == 0);
}

TEST_CASE("what is not on this machine is refused and never dialled", "[mock]") {
  stub_upstream stub;
  running_sender out;
  const auto port = std::to_string(stub.port());
  // Addresses that lead to the stub too, were they dialled.
  for (const auto& url : {"http://0.0.0.0:" + port, "http://[::ffff:127.0.0.1]:" + port,
                          "http://127.1:" + port, "https://127.0.0.1:" + port}) {
    INFO(url);
    CHECK_THAT(*out.post({url, "{}"}), Catch::Contains("this machine only"));
  }
  CHECK(out.sender.pending() == 0);
  REQUIRE_FALSE(out.post({stub.url(), "{}"}));
  out.results.take();
  CHECK(stub.connections() == 1);
}

TEST_CASE("a call is not sent before its time", "[mock]") {
  stub_upstream stub;
  running_sender out;
  const auto posted = std::chrono::steady_clock::now();
  REQUIRE_FALSE(out.post({stub.url(), "{}", {}, 30ms}));
  out.results.take();
  CHECK(stub.requests().at(0).at - posted >= 30ms);
}

TEST_CASE("a call can be changed when it is due", "[mock]") {
  stub_upstream stub;
  running_sender out;
  outgoing_call call{stub.url(), "early"};
  call.when_due = [](outgoing_call& self) {
    self.body = "late";
    self.fields.emplace_back("webhook-timestamp", "7");
    return true;
  };
  REQUIRE_FALSE(out.post(std::move(call)));
  out.results.take();
  CHECK(stub.requests().at(0).body == "late");
  CHECK(stub.requests().at(0).field("webhook-timestamp") == "7");
}

TEST_CASE("a call that is withdrawn when it is due, or fails then, is never dialled", "[mock]") {
  stub_upstream stub;
  running_sender out;
  outgoing_call call{stub.url(), "{}"};
  call.when_due = [](outgoing_call&) { return false; };
  REQUIRE_FALSE(out.post(call));
  CHECK(out.results.take().error == "withdrawn");
  call.when_due = [](outgoing_call&) -> bool { throw std::runtime_error{"a mistake"}; };
  REQUIRE_FALSE(out.post(call));
  const auto result = out.results.take();
  CHECK(result.status == 0);
  CHECK(result.error == "withdrawn");
  CHECK(stub.connections() == 0);
  CHECK(out.sender.pending() == 0);
}

TEST_CASE("a call ends at its deadline, and its connection with it", "[mock]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  running_sender out;
  REQUIRE_FALSE(out.post({stub.url(), "{}", {}, 0ms, 20ms}));
  const auto result = out.results.take();
  CHECK(result.status == 0);
  CHECK(result.error == "no answer within 20 ms");
  CHECK(stub.await_closed_by_peer(1));
}

TEST_CASE("a call that finds nobody says so", "[mock]") {
  const tests::refusing_port nobody;
  running_sender out;
  REQUIRE_FALSE(out.post({"http://127.0.0.1:" + std::to_string(nobody.number()), "{}"}));
  const auto result = out.results.take();
  CHECK(result.status == 0);
  CHECK_THAT(result.error, Catch::Contains("refused"));
}

TEST_CASE("whoever is told may call again", "[mock]") {
  stub_upstream stub;
  stub.next(answer("", 503));
  stub.always(answer("", 204));
  running_sender out;
  REQUIRE_FALSE(out.sender.post({stub.url(), "{}"}, [&](call_result first) {
    CHECK(first.status == 503);
    out.post({stub.url(), "{}"});
  }));
  CHECK(out.results.take().status == 204);
}

TEST_CASE("calls beyond the bound are refused until others have ended", "[mock]") {
  stub_upstream stub;
  running_sender out;
  for (std::size_t i = 1; i < webhook_sender::most_pending; ++i) {
    REQUIRE_FALSE(out.post({stub.url(), "{}", {}, 1h}));
  }
  REQUIRE_FALSE(out.post({stub.url(), "{}"}));
  const auto refused = [&] { return out.post({stub.url(), "{}", {}, 1h}); };
  out.results.take();
  CHECK_FALSE(refused());
  CHECK_THAT(*refused(), Catch::Contains("too many"));
  CHECK(out.sender.pending() == webhook_sender::most_pending);
}

TEST_CASE("a stop drops calls that wait or hang and tells nobody, and later ones are refused",
          "[mock]") {
  stub_upstream stub;
  stub.always(script{}.hang());
  running_sender out;
  REQUIRE_FALSE(out.post({stub.url(), "{}"}));
  REQUIRE_FALSE(out.post({stub.url(), "{}", {}, 1h}));
  REQUIRE(stub.await_requests(1));
  out.sender.stop();
  CHECK(stub.await_closed_by_peer(1));
  CHECK(out.results.empty());
  CHECK(out.sender.pending() == 0);
  CHECK_THAT(*out.post({stub.url(), "{}"}), Catch::Contains("stopped"));
}

TEST_CASE("times without sense are refused", "[mock]") {
  running_sender out;
  for (const auto& [after, deadline] :
       {std::pair{-1ms, 1ms}, {1ms, 0ms}, {3'600'001ms, 1ms}, {0ms, 3'600'001ms}}) {
    CHECK(out.post({"http://127.0.0.1:1/", "{}", {}, after, deadline}));
  }
}

}  // namespace tributary::providers::mock
