// SPDX-License-Identifier: MIT
#include "redis_fixture.hpp"

#include <boost/asio/ssl/context.hpp>

namespace tributary::providers::redis {

using namespace tests;
namespace {

std::shared_ptr<boost::asio::ssl::context> context_of(const std::string& ca_file,
                                                      bool verify = true) {
  tributary::config::tls_settings settings;
  settings.ca_file = ca_file;
  settings.verify = verify;
  std::string error;
  auto context = make_tls_context(settings, error);
  INFO(error);
  REQUIRE(context != nullptr);
  return context;
}

}  // namespace

TEST_CASE("commands go through TLS", "[redis][tls]") {
  redis_server server{{.password = "pw", .tls = true}};
  redis_fixture f;
  f.services.tls = context_of(server.ca_file());
  auto settings = f.settings_for(server.tls_port());
  settings.address.tls = true;
  settings.address.password = "pw";
  f.connect(settings);
  REQUIRE(f.until_connected());
  const std::string large(3 << 20, 'x');
  const auto first = f.send({"SET", "a", large});
  const auto second = f.send({"GET", "a"});
  std::vector<std::shared_ptr<std::optional<result>>> more;
  for (int i = 0; i < 1'000; ++i) more.push_back(f.send({"INCR", "n"}));
  REQUIRE(f.until([&] { return more.back()->has_value(); }));
  CHECK((*first)->reply.text == "OK");
  CHECK((*second)->reply.text == large);
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE((*more[static_cast<std::size_t>(i)])->reply.integer == i + 1);
  }
  server.restart();
  REQUIRE(f.until([&] { return f.redis->link()->reconnects == 1; }));
  CHECK(f.text_of({"PING"}) == "PONG");
}

TEST_CASE("the certificate of a name is verified", "[redis][tls]") {
  redis_server server{{.tls = true, .name = "redis.test"}};
  redis_fixture f;
  f.services.tls = context_of(server.ca_file());
  auto settings = f.settings_for(server.tls_port());
  settings.address.tls = true;
  SECTION("against the name that the settings give") {
    settings.server_name = "redis.test";
    f.connect(settings);
    REQUIRE(f.until_connected());
  }
  SECTION("else against the host") {
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_FALSE(f.redis->connected());
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("TLS: "));
  }
}

TEST_CASE("a certificate that nobody trusts ends the connection", "[redis][tls]") {
  redis_server server{{.tls = true}};
  redis_fixture f;
  auto settings = f.settings_for(server.tls_port());
  settings.address.tls = true;
  SECTION("by the system's store") {
    f.services.tls = context_of("");
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_THAT(f.redis->link()->last_error(), Catch::Contains("certificate"));
  }
  SECTION("unless nothing is verified") {
    f.services.tls = context_of("", false);
    f.connect(settings);
    CHECK(f.until_connected());
  }
  SECTION("and a server without TLS is told from it") {
    f.services.tls = context_of(server.ca_file());
    settings.address.port = server.port();
    settings.connect_timeout = 200ms;
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("TLS: "));
  }
}

TEST_CASE("a trust store that cannot be read is named", "[redis][tls]") {
  tributary::config::tls_settings settings;
  settings.ca_file = "/no/such/file";
  std::string error;
  CHECK(make_tls_context(settings, error) == nullptr);
  CHECK_THAT(error, Catch::Contains("/no/such/file"));
}

}  // namespace tributary::providers::redis
