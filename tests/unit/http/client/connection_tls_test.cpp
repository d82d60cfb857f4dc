// SPDX-License-Identifier: MIT
#include "client_fixture.hpp"

#include <optional>

namespace tributary::http::client {

using namespace tests;
namespace asio = boost::asio;

namespace {

class tls_fixture : public client_fixture {
 public:
  connection_pool& connect_with_tls(std::uint16_t port, const config::tls_settings& options) {
    auto settings = settings_for(port);
    settings.tls = true;
    settings.tls_options = options;
    std::string error;
    tls = make_tls_context(options, error);
    REQUIRE(error.empty());
    return connect_to(settings);
  }

  static config::tls_settings trusting(const tests::tls_identity& identity,
                                       const std::string& name = {}) {
    config::tls_settings options;
    options.ca_file = identity.certificate_file();
    options.server_name = name;
    return options;
  }
};

}  // namespace

TEST_CASE_METHOD(tls_fixture, "TLS carries calls one after the other", "[client][tls]") {
  const tests::tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  const std::string large(100'000, 'x');
  stub.always(answer(large));
  connect_with_tls(stub.port(), trusting(identity));
  CHECK(fetch(get()).body.view() == large);
  const auto second = fetch(get());
  CHECK(second.body.view() == large);
  CHECK(second.reused);
  CHECK(stub.connections() == 1);
}

TEST_CASE_METHOD(tls_fixture,
                 "an end that came with the answer before costs the next call nothing with TLS",
                 "[client][tls]") {
  const tests::tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  auto ending = script{}.send(answer("first"));
  stub.next(GENERATE(true, false) ? ending.half_close() : ending.reset());
  stub.always(answer("second"));
  connect_with_tls(stub.port(), trusting(identity));
  CHECK(fetch(get()).body.view() == "first");
  const auto second = fetch(get());
  CHECK(second.error == error_token::none);
  CHECK(second.body.view() == "second");
}

TEST_CASE_METHOD(tls_fixture, "the certificate may be for a configured name", "[client][tls]") {
  const tests::tls_identity identity{"api.example"};
  stub_upstream stub{identity};
  stub.always(answer("ok"));
  connect_with_tls(stub.port(), trusting(identity, "api.example"));
  CHECK(fetch(get()).error == error_token::none);
}

TEST_CASE_METHOD(tls_fixture, "a certificate that does not verify is tls_certificate_error",
                 "[client][tls]") {
  std::optional<tests::tls_identity> identity;
  std::optional<tests::tls_identity> trusted;
  std::string name;
  SECTION("for another address") { identity.emplace("127.0.0.9"); }
  SECTION("for another name") {
    identity.emplace("a.example");
    name = "b.example";
  }
  SECTION("expired") { identity.emplace("127.0.0.1", true); }
  SECTION("of an unknown authority") {
    identity.emplace("127.0.0.1");
    trusted.emplace("127.0.0.1");
  }
  stub_upstream stub{*identity};
  stub.always(answer("ok"));
  connect_with_tls(stub.port(), trusting(trusted ? *trusted : *identity, name));
  const auto result = fetch(get());
  CHECK(result.error == error_token::tls_certificate_error);
  CHECK_FALSE(result.detail.empty());
  CHECK(stub.requests().empty());
}

TEST_CASE_METHOD(tls_fixture, "verification can be switched off", "[client][tls]") {
  const tests::tls_identity identity{"elsewhere.example", true};
  stub_upstream stub{identity};
  stub.always(answer("ok"));
  config::tls_settings options;
  options.verify = false;
  connect_with_tls(stub.port(), options);
  CHECK(fetch(get()).status == 200);
}

TEST_CASE_METHOD(tls_fixture, "a peer that does not speak TLS is tls_protocol_error",
                 "[client][tls]") {
  stub_upstream stub;
  stub.on_connect(GENERATE(values<script>(
      {script{}.send("HTTP/1.1 400 Bad Request\r\n\r\n").hang(), script{}.close()})));
  connect_with_tls(stub.port(), {});
  CHECK(fetch(get()).error == error_token::tls_protocol_error);
}

TEST_CASE_METHOD(tls_fixture, "a handshake that hangs is connection_timeout", "[client][tls]") {
  stub_upstream stub;
  stub.on_connect(script{}.hang());
  connect_with_tls(stub.port(), {});
  auto request = get();
  request.deadline = std::chrono::steady_clock::now() + 40ms;
  CHECK(fetch(request).error == error_token::connection_timeout);
  CHECK(stub.await_closed_by_peer(1));
}

TEST_CASE_METHOD(tls_fixture, "an open body that ends without TLS saying so is incomplete",
                 "[client][tls]") {
  const tests::tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  const auto head = script{}.send("HTTP/1.1 200 OK\r\n\r\nabc");
  stub.on("/honest", script{}.send(head).close());
  stub.on("/cut", script{}.send(head).reset());
  connect_with_tls(stub.port(), trusting(identity));
  CHECK(fetch(get("/honest")).body.view() == "abc");
  CHECK(fetch(get("/cut")).error != error_token::none);
}

TEST_CASE_METHOD(tls_fixture, "a stale TLS connection is retried too", "[client][tls]") {
  const tests::tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  stub.next(answer("first"));
  stub.next(GENERATE(values<script>({script{}.close(), script{}.reset()})));
  stub.always(answer("again"));
  connect_with_tls(stub.port(), trusting(identity));
  fetch(get());
  CHECK(fetch(get()).body.view() == "again");
}

TEST_CASE_METHOD(tls_fixture, "a TLS call can be cancelled", "[client][tls]") {
  const tests::tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  stub.always(script{}.hang());
  connect_with_tls(stub.port(), trusting(identity));
  const auto call = start(get());
  io::timer later{[](void* waiting) { static_cast<fetch_handle*>(waiting)->cancel(); }, call.get()};
  loop.arm(later, 30ms);
  run_until(1);
  CHECK(sink->results[0].cancelled);
  CHECK(pool->counters().open == 0);
}

TEST_CASE_METHOD(tls_fixture, "an upstream without a TLS context is a configuration error",
                 "[client][tls]") {
  stub_upstream stub;
  auto settings = settings_for(stub.port());
  settings.tls = true;
  connect_to(settings);
  CHECK(fetch(get()).error == error_token::proxy_configuration_error);
}

TEST_CASE("a trust store that cannot be read is reported by name", "[client][tls]") {
  tributary::config::tls_settings options;
  options.ca_file = "/nonexistent/ca.pem";
  std::string error;
  CHECK(make_tls_context(options, error) == nullptr);
  CHECK(error.find("/nonexistent/ca.pem") == 0);
}

}  // namespace tributary::http::client
