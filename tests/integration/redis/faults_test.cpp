// SPDX-License-Identifier: MIT
#include "redis_fixture.hpp"

namespace tributary::providers::redis {

using namespace tests;
TEST_CASE("a command to a server that hangs times out, and it is left for a new connection",
          "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  settings.connect_timeout = 100ms;
  f.connect(settings);
  REQUIRE(f.until_connected());
  server.stop_process();
  const auto begin = steady_clock::now();
  CHECK(f.call({"GET", "k"}, 20ms).why == failure::timed_out);
  CHECK(steady_clock::now() - begin >= 20ms);
  CHECK(steady_clock::now() - begin < 500ms);
  CHECK(f.redis->connected());
  const auto behind = f.send({"GET", "k"}, 20s);
  REQUIRE(f.until([&] { return !f.redis->connected(); }));
  CHECK(steady_clock::now() - begin >= 1s);
  CHECK(steady_clock::now() - begin < 3s);
  CHECK((*behind)->why == failure::connection_lost);
  CHECK_THAT(f.redis->link()->last_error(), Catch::Contains("does not answer"));
  CHECK(f.redis->link()->timeouts == 1);
  CHECK(f.redis->link()->lost == 1);

  // It hangs still: it takes connections, but none of them counts before it answers.
  REQUIRE(f.until([&] { return f.redis->link()->attempts >= 3; }));
  CHECK_FALSE(f.redis->connected());
  CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("PING: no answer"));
  server.continue_process();
  REQUIRE(f.until_connected());
  CHECK(f.text_of({"PING"}) == "PONG");
  CHECK(f.links == std::vector<bool>{true, false, true});
}

TEST_CASE("a late reply is dropped and the next ones belong to their commands",
          "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  const auto slow = f.send({"DEBUG", "SLEEP", "0.5"}, 20ms);
  const auto late = f.send({"ECHO", "late"}, 30ms);
  const auto good = f.send({"ECHO", "good"}, 10s);
  REQUIRE(f.until([&] { return late->has_value(); }));
  CHECK((*slow)->why == failure::timed_out);
  CHECK((*late)->why == failure::timed_out);
  CHECK_FALSE(good->has_value());
  REQUIRE(f.until([&] { return good->has_value(); }));
  CHECK((*good)->reply.text == "good");
  CHECK(f.text_of({"ECHO", "next"}) == "next");
  CHECK(f.redis->link()->reconnects == 0);
  CHECK(f.links == std::vector<bool>{true});
}

TEST_CASE("a deadline in the past times out", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  server.stop_process();
  CHECK(f.call({"PING"}, -5ms).why == failure::timed_out);
}

TEST_CASE("a killed server is noticed at once and used again when it is back",
          "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  CHECK(f.text_of({"SET", "k", "v"}) == "OK");
  server.stop_process();
  const auto under_way = f.send({"GET", "k"});
  f.until([] { return false; }, 20ms);
  server.kill();
  REQUIRE(f.until([&] { return under_way->has_value(); }));
  CHECK((*under_way)->why == failure::connection_lost);
  CHECK(f.call({"GET", "k"}).why == failure::not_connected);
  CHECK_FALSE(f.redis->link()->connected);
  REQUIRE(f.until([&] { return f.redis->link()->attempts >= 3; }));
  CHECK_THAT(f.redis->link()->last_error(), Catch::StartsWith("connect: "));

  server.restart();
  REQUIRE(f.until_connected());
  CHECK(f.call({"GET", "k"}).reply.kind == reply_kind::nil);
  CHECK(f.redis->link()->reconnects == 1);
  CHECK(f.links == std::vector<bool>{true, false, true});
}

TEST_CASE("an idle connection that Redis closes is noticed", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  server.command({"CLIENT", "KILL", "TYPE", "normal"});
  REQUIRE(f.until([&] { return f.redis->link()->reconnects == 1; }));
  CHECK(f.redis->link()->last_error() == "closed by Redis");
}

TEST_CASE("a reply beyond its limit ends the connection", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  settings.max_reply = 10'000;
  f.connect(settings);
  REQUIRE(f.until_connected());
  CHECK(f.text_of({"SET", "k", std::string(20'000, 'x')}) == "OK");
  const auto large = f.send({"GET", "k"});
  const auto behind = f.send({"PING"});
  REQUIRE(f.until([&] { return behind->has_value(); }));
  CHECK((*large)->why == failure::protocol);
  CHECK((*behind)->why == failure::connection_lost);
  CHECK_THAT(f.redis->link()->last_error(), Catch::Contains("max_reply"));
  REQUIRE(f.until_connected());
  CHECK(f.text_of({"PING"}) == "PONG");
}

TEST_CASE("commands without replies are bounded in number and bytes", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  auto settings = f.settings_for(server.port());
  settings.max_pending = 3;
  settings.max_unsent = 1 << 20;
  f.connect(settings);
  REQUIRE(f.until_connected());
  server.stop_process();
  SECTION("number, those that have timed out included") {
    const auto late = f.send({"ECHO", "a"}, 20ms);
    REQUIRE(f.until([&] { return late->has_value(); }));
    const auto second = f.send({"ECHO", "b"});
    const auto third = f.send({"ECHO", "c"});
    CHECK(f.call({"ECHO", "d"}).why == failure::overloaded);
    server.continue_process();
    REQUIRE(f.until([&] { return third->has_value(); }));
    CHECK((*second)->reply.text == "b");
    CHECK((*third)->reply.text == "c");
    CHECK(f.text_of({"ECHO", "e"}) == "e");
  }
  SECTION("bytes") {
    const std::string large(16 << 20, 'x');
    const auto first = f.send({"SET", "k", large});
    f.until([] { return false; }, 20ms);
    CHECK(f.call({"PING"}).why == failure::overloaded);
    server.continue_process();
    REQUIRE(f.until([&] { return first->has_value(); }));
    CHECK((*first)->reply.text == "OK");
    CHECK(f.text_of({"PING"}) == "PONG");
  }
}

TEST_CASE("errors of a server that is full are replies", "[redis][client][faults]") {
  redis_server server{{.maxmemory = "3mb"}};
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  const std::string value(256 << 10, 'x');
  auto full = f.call({"SET", "0", value});
  for (int i = 1; i < 100 && full.reply.kind == reply_kind::text; ++i) {
    full = f.call({"SET", std::to_string(i), value});
  }
  CHECK(full.why == failure::none);
  CHECK(error_word(full.reply) == "OOM");
}

TEST_CASE("shutdown ends every command before it returns", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  const auto refused = f.send({"PING"});
  REQUIRE(f.until_connected());
  server.stop_process();
  const auto late = f.send({"PING"}, 5ms);
  REQUIRE(f.until([&] { return late->has_value(); }));
  const auto first = f.send({"PING"});
  const auto second = f.send({"PING"});
  f.redis->shutdown();
  CHECK((*refused)->why == failure::not_connected);
  CHECK((*late)->why == failure::timed_out);
  REQUIRE(first->has_value());
  CHECK((*first)->why == failure::shut_down);
  CHECK((*second)->why == failure::shut_down);
  CHECK(f.call({"PING"}).why == failure::shut_down);
  CHECK_FALSE(f.redis->link()->connected);
  CHECK(f.links == std::vector<bool>{true});
  const auto last = f.send({"PING"});
  f.redis.reset();
  CHECK((*last)->why == failure::shut_down);
}

TEST_CASE("a callback may send, shut down and destroy the client", "[redis][client][faults]") {
  redis_server server;
  redis_fixture f;
  f.connect(f.settings_for(server.port()));
  REQUIRE(f.until_connected());
  const std::string_view ping[] = {"PING"};
  const auto deadline = steady_clock::now() + 10s;
  int told = 0;
  SECTION("on a reply") {
    f.redis->send(ping, deadline, [&](result&&) {
      f.redis->send(ping, deadline, [&](result&&) {
        ++told;
        f.redis.reset();
      });
    });
    f.redis->send(ping, deadline, [&](result&&) { ++told; });
    f.redis->send(ping, deadline, [&](result&&) { ++told; });
    REQUIRE(f.until([&] { return told == 3; }));
  }
  SECTION("when the connection is lost") {
    server.stop_process();
    f.redis->send(ping, deadline, [&](result&&) {
      f.redis->send(ping, deadline, [&](result&& again) {
        ++told;
        CHECK(again.why == failure::not_connected);
      });
      f.redis.reset();
    });
    f.redis->send(ping, deadline, [&](result&& next) {
      ++told;
      CHECK(next.why == failure::shut_down);
    });
    server.kill();
    REQUIRE(f.until([&] { return told == 2; }));
  }
  SECTION("when the deadline passes") {
    server.stop_process();
    f.redis->send(ping, steady_clock::now() + 5ms, [&](result&&) { f.redis.reset(); });
    f.redis->send(ping, steady_clock::now() + 5ms, [&](result&&) { ++told; });
    REQUIRE(f.until([&] { return told == 1; }));
  }
  SECTION("when the link goes down") {
    client_hooks hooks{[&](bool connected) {
      if (!connected) f.redis.reset();
    }};
    f.redis.emplace(f.loop, f.settings_for(server.port()), f.services, std::move(hooks));
    REQUIRE(f.until_connected());
    server.kill();
    CHECK(f.until([&] { return !f.redis.has_value(); }));
  }
}

}  // namespace tributary::providers::redis
