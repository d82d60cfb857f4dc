// SPDX-License-Identifier: MIT
#include "redis_fixture.hpp"

namespace tributary::providers::redis {

using namespace tests;
TEST_CASE("commands are answered with values of each type", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  CHECK(f.links == std::vector<bool>{true});
  const std::string bytes{"\0\r\n\xff$1", 6};
  CHECK(f.text_of({"SET", "k", bytes}) == "OK");
  CHECK(f.text_of({"GET", "k"}) == bytes);
  CHECK(f.call({"GET", "none"}).reply.kind == reply_kind::nil);
  CHECK(f.call({"INCRBY", "n", "-7"}).reply.integer == -7);
  CHECK(f.call({"MGET", "k", "none"}).reply.items.size() == 2);
  const auto wrong = f.call({"LPOP", "k"});
  CHECK(wrong.why == failure::none);
  CHECK(error_word(wrong.reply) == "WRONGTYPE");
  CHECK(error_word(f.call({"EVALSHA", std::string(40, '0'), "0"}).reply) == "NOSCRIPT");
  CHECK(f.redis->link()->commands == 7);
  CHECK(f.redis->link()->errors == 2);
  CHECK(f.redis->link()->connected);
  CHECK(f.redis->link()->last_error().empty());
}

TEST_CASE("a server that has become a replica is left for the one that there is then",
          "[redis][client]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  REQUIRE(f.text_of({"SET", "k", "1"}) == "OK");
  server.command({"REPLICAOF", "127.0.0.1", "1"});
  CHECK(f.text_of({"GET", "k"}) == "1");
  CHECK(f.redis->connected());
  const auto refused = f.call({"SET", "k", "2"});
  CHECK(error_word(refused.reply) == "READONLY");
  REQUIRE(f.until([&] { return f.links.size() >= 2; }));
  CHECK_FALSE(f.links[1]);
  CHECK(f.redis->link()->last_error().find("READONLY") == 0);
  CHECK(f.wrong_servers == 1);
  server.command({"REPLICAOF", "NO", "ONE"});
  REQUIRE(f.until_connected());
  CHECK(f.text_of({"SET", "k", "3"}) == "OK");
  CHECK(f.redis->link()->reconnects == 1);
}

TEST_CASE("no command waits for a connection", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  CHECK_FALSE(f.redis->connected());
  CHECK(f.call({"PING"}).why == failure::not_connected);
  CHECK(f.redis->link()->refused == 1);
  CHECK(f.redis->link()->commands == 0);
}

TEST_CASE("replies belong to the commands in their order", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  std::vector<std::string> came;
  constexpr int many = 5'000;
  for (int i = 0; i < many; ++i) {
    const auto number = std::to_string(i);
    const std::string_view command[] = {"ECHO", number};
    f.redis->send(command, steady_clock::now() + 10s,
                  [&](result&& one) { came.push_back(std::move(one.reply.text)); });
  }
  REQUIRE(f.until([&] { return came.size() == many; }));
  for (int i = 0; i < many; ++i) REQUIRE(came[static_cast<std::size_t>(i)] == std::to_string(i));
}

TEST_CASE("commands larger than any buffer of a socket go through", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  const std::string large(8 << 20, 'x');
  const auto first = f.send({"SET", "a", large});
  const auto second = f.send({"STRLEN", "a"});
  const auto third = f.send({"GET", "a"});
  REQUIRE(f.until([&] { return third->has_value(); }));
  CHECK((*first)->reply.text == "OK");
  CHECK((*second)->reply.integer == 8 << 20);
  CHECK((*third)->reply.text == large);
}

TEST_CASE("credentials are used, and wrong ones named", "[redis][client]") {
  redis_server server{{.password = "s3cret"}};
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  server.command({"ACL", "SETUSER", "app", "on", ">apppw", "~*", "+@all"});

  SECTION("password") {
    settings.address.password = "s3cret";
    f.connect(settings);
    REQUIRE(f.until_connected());
    CHECK(f.text_of({"ACL", "WHOAMI"}) == "default");
  }
  SECTION("user and password") {
    settings.address.user = "app";
    settings.address.password = "apppw";
    f.connect(settings);
    REQUIRE(f.until_connected());
    CHECK(f.text_of({"ACL", "WHOAMI"}) == "app");
  }
  SECTION("a wrong password, until it is right") {
    settings.address.user = "app";
    settings.address.password = "other";
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 3; }));
    CHECK_FALSE(f.redis->connected());
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("AUTH: WRONGPASS"));
    CHECK(f.links.empty());
    server.command({"ACL", "SETUSER", "app", ">other"});
    CHECK(f.until_connected());
  }
  SECTION("none") {
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("PING: NOAUTH"));
  }
}

TEST_CASE("the database is selected, and a wrong one named", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  SECTION("that is there") {
    settings.address.database = 3;
    f.connect(settings);
    REQUIRE(f.until_connected());
    CHECK(f.text_of({"SET", "k", "v"}) == "OK");
    CHECK(server.command({"GET", "k"}).type == '_');
    server.command({"SWAPDB", "0", "3"});
    CHECK(server.command({"GET", "k"}).text == "v");
  }
  SECTION("that is not") {
    settings.address.database = 99;
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_FALSE(f.redis->connected());
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("SELECT: ERR DB index"));
  }
}

TEST_CASE("a host name is looked up", "[redis][client]") {
  redis_server server;
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  SECTION("that is there") {
    settings.address.host = "localhost";
    f.connect(settings);
    CHECK(f.until_connected());
  }
  SECTION("that is not") {
    settings.address.host = "no-such-host.invalid";
    f.connect(settings);
    REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
    CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("look-up: "));
  }
  SECTION("and nobody waits for it after the end") {
    settings.address.host = "localhost";
    f.connect(settings);
    f.redis.reset();
    f.until([] { return false; }, 50ms);
  }
}

TEST_CASE("a look-up that hangs ends with the connect timeout", "[redis][client]") {
  struct silent final : tributary::http::io::name_resolver {
    void resolve(const std::string&, callback done) override { kept = std::move(done); }
    callback kept;
  };
  redis_fixture f;
  const auto resolver = std::make_shared<silent>();
  f.services.resolver = resolver;
  auto settings = f.settings_for(1);
  settings.address.host = "redis.example";
  settings.connect_timeout = 30ms;
  f.connect(settings);
  REQUIRE(f.until([&] { return f.redis->link()->attempts >= 2; }));
  CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("look-up: no answer within"));
}

}  // namespace tributary::providers::redis
