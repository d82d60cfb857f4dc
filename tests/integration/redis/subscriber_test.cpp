// SPDX-License-Identifier: MIT
#include "redis_fixture.hpp"

namespace tributary::providers::redis {

using namespace tests;
namespace {

class subscriber_fixture : public redis_fixture {
 public:
  subscriber& subscribe(client_settings settings, std::vector<std::string> channels) {
    subscriber_hooks hooks;
    hooks.on_message = [this](std::string_view channel, std::string_view text) {
      heard.push_back(std::string{channel} + "=" + std::string{text});
    };
    hooks.on_subscribed = [this] { heard.push_back("subscribed"); };
    hooks.on_lost = [this] { heard.push_back("lost"); };
    return listener.emplace(loop, std::move(settings), services, std::move(channels),
                            std::move(hooks));
  }

  bool until_heard(std::size_t count) {
    return until([&] { return heard.size() >= count; });
  }

  using strings = std::vector<std::string>;
  std::optional<subscriber> listener;
  strings heard;
};

}  // namespace

TEST_CASE("messages of the channels arrive in order", "[redis][subscriber]") {
  redis_server server;
  subscriber_fixture f;
  f.subscribe(f.settings_for(server.port()), {"a", "b"});
  CHECK(f.heard.empty());
  REQUIRE(f.until_heard(1));
  CHECK(f.listener->subscribed());
  CHECK(f.listener->link()->connected);
  const std::string bytes{"\0\r\nx", 4};
  CHECK(server.command({"PUBLISH", "a", "1"}).text == "1");
  CHECK(server.command({"PUBLISH", "c", "2"}).text == "0");
  server.command({"PUBLISH", "b", bytes});
  server.command({"PUBLISH", "a", ""});
  REQUIRE(f.until_heard(4));
  CHECK(f.heard == subscriber_fixture::strings{"subscribed", "a=1", "b=" + bytes, "a="});
}

TEST_CASE("a subscription is made anew where another connection found the wrong server",
          "[redis][subscriber]") {
  redis_server server;
  subscriber_fixture f;
  auto settings = f.settings_for(server.port());
  SECTION("once it is not a new one") {
    settings.renew_after = 0ms;
    f.subscribe(settings, {"a"});
    f.listener->renew();  // not yet subscribed
    REQUIRE(f.until_heard(1));
    f.listener->renew();
    REQUIRE(f.until_heard(3));
    CHECK(f.heard == subscriber_fixture::strings{"subscribed", "lost", "subscribed"});
  }
  SECTION("and else stays") {
    f.subscribe(settings, {"a"});
    REQUIRE(f.until_heard(1));
    f.listener->renew();
    server.command({"PUBLISH", "a", "1"});
    REQUIRE(f.until_heard(2));
    CHECK(f.heard == subscriber_fixture::strings{"subscribed", "a=1"});
  }
}

TEST_CASE("after a restart the channels are subscribed to again", "[redis][subscriber]") {
  redis_server server;
  subscriber_fixture f;
  f.subscribe(f.settings_for(server.port()), {"a"});
  REQUIRE(f.until_heard(1));
  server.kill();
  REQUIRE(f.until_heard(2));
  CHECK_FALSE(f.listener->subscribed());
  CHECK_FALSE(f.listener->link()->connected);
  server.restart();
  REQUIRE(f.until_heard(3));
  server.command({"PUBLISH", "a", "again"});
  REQUIRE(f.until_heard(4));
  CHECK(f.heard == subscriber_fixture::strings{"subscribed", "lost", "subscribed", "a=again"});
  CHECK(f.listener->link()->reconnects == 1);
}

TEST_CASE("a server that hangs is noticed by pings", "[redis][subscriber]") {
  redis_server server;
  subscriber_fixture f;
  auto settings = f.settings_for(server.port());
  settings.ping_interval = 100ms;
  settings.ping_timeout = 500ms;
  settings.connect_timeout = 100ms;
  f.subscribe(settings, {"a"});
  REQUIRE(f.until([&] { return f.listener->link()->commands >= 4; }));
  CHECK(f.heard == subscriber_fixture::strings{"subscribed"});
  server.stop_process();
  REQUIRE(f.until_heard(2));
  CHECK(f.listener->link()->last_error() == "PING: no answer in time");
  server.continue_process();
  REQUIRE(f.until_heard(3));
  CHECK(f.heard == subscriber_fixture::strings{"subscribed", "lost", "subscribed"});
}

TEST_CASE("channels that may not be listened to are an error that is tried again",
          "[redis][subscriber]") {
  redis_server server;
  server.command({"ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all", "resetchannels"});
  subscriber_fixture f;
  auto settings = f.settings_for(server.port());
  settings.address.user = "app";
  settings.address.password = "pw";
  f.subscribe(settings, {"a"});
  REQUIRE(f.until([&] { return f.listener->link()->attempts >= 3; }));
  CHECK_THAT(f.listener->link()->last_error(), Catch::StartsWith("SUBSCRIBE: NOPERM"));
  CHECK(f.heard.empty());
  server.command({"ACL", "SETUSER", "app", "allchannels"});
  REQUIRE(f.until_heard(1));
}

TEST_CASE("a subscriber is silent after its end", "[redis][subscriber]") {
  redis_server server;
  subscriber_fixture f;
  SECTION("by the owner") {
    f.subscribe(f.settings_for(server.port()), {"a"});
    REQUIRE(f.until_heard(1));
    f.listener->shutdown();
    server.command({"PUBLISH", "a", "1"});
    f.until([] { return false; }, 50ms);
    CHECK(f.heard == subscriber_fixture::strings{"subscribed"});
  }
  SECTION("from inside what it tells") {
    subscriber_hooks hooks;
    hooks.on_message = [&](auto, auto) { f.listener.reset(); };
    f.listener.emplace(f.loop, f.settings_for(server.port()), f.services,
                       std::vector<std::string>{"a"}, std::move(hooks));
    REQUIRE(f.until([&] { return f.listener->subscribed(); }));
    server.command({"PUBLISH", "a", "1"});
    CHECK(f.until([&] { return !f.listener.has_value(); }));
  }
}

}  // namespace tributary::providers::redis
