// SPDX-License-Identifier: MIT
#include "http/io/host_addresses.hpp"

#include "loop_fixture.hpp"
#include "support/manual_resolver.hpp"

#include <functional>

namespace tributary::http::io {

using namespace tests;
using std::chrono::steady_clock;

namespace {

/// Keeps what it is told.
struct curious final : address_waiter {
  void on_addresses(std::shared_ptr<const address_answer> answer) override {
    told.push_back(std::move(answer));
    if (then) then();
  }

  std::vector<std::shared_ptr<const address_answer>> told;
  std::function<void()> then;
};

class addresses_fixture : public loop_fixture {
 public:
  host_addresses_ptr addresses_of(const std::string& host, look_up_times times = {}) {
    return host_addresses_ptr{new host_addresses{loop, host, 8080, resolver, times}};
  }

  /// The resolver's answer to what it was asked last.
  void answer(const char* number) {
    resolver->waiting({{asio::ip::make_address(number)}, {}});
    run_due();
  }
  void answer_nothing() {
    resolver->waiting({{}, "no answer"});
    run_due();
  }

  /// Runs the loop until the resolver has been asked so often.
  void until_asked(std::size_t times) {
    resolver->when_asked = [this, times] {
      if (resolver->asked.size() == times) loop.stop();
    };
    if (resolver->asked.size() < times) run_until_stopped();
  }

  std::shared_ptr<manual_resolver> resolver = std::make_shared<manual_resolver>();
  curious first, second;
};

std::string text_of(const curious& asked) {
  std::string result;
  for (const auto& endpoint : asked.told.back()->endpoints) {
    result += address_text(endpoint) + ";";
  }
  return result;
}

}  // namespace

TEST_CASE_METHOD(addresses_fixture, "a number is its own address, at once and for ever",
                 "[io][addresses]") {
  struct row {
    const char* host;
    const char* expected;
  };
  const auto r =
      GENERATE(values<row>({{"127.0.0.1", "127.0.0.1;"}, {"::1", "::1;"}, {"[::1]", "::1;"}}));
  resolver = nullptr;
  const auto addresses = addresses_of(r.host);
  addresses->doubt(steady_clock::now());
  addresses->wait(first, steady_clock::now() + 1000h);
  REQUIRE(first.told.size() == 1);
  CHECK(text_of(first) == r.expected);
  CHECK(addresses->host().find('[') == std::string::npos);
}

TEST_CASE_METHOD(addresses_fixture, "all who wait share one look-up, whose answer is kept",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test");
  const auto now = steady_clock::now();
  addresses->wait(first, now);
  addresses->wait(second, now);
  CHECK(resolver->asked == std::vector<std::string>{"a.test"});
  CHECK(first.told.empty());
  answer("127.0.0.7");
  CHECK(text_of(first) == "127.0.0.7;");
  CHECK(text_of(second) == "127.0.0.7;");
  addresses->wait(first, now + 1000h);
  CHECK(first.told.size() == 2);
  CHECK(resolver->asked.size() == 1);
}

TEST_CASE_METHOD(addresses_fixture, "a failure is kept for a second, and doubt ends a good answer",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test");
  resolver->immediate = resolution{{}, "unknown"};
  addresses->wait(first, steady_clock::now());
  CHECK(first.told.empty());  // never from inside the look-up
  run_due();
  REQUIRE(first.told.size() == 1);
  CHECK(first.told[0]->endpoints.empty());
  CHECK(first.told[0]->error == "unknown");
  addresses->wait(first, steady_clock::now() + 500ms);
  CHECK(first.told.size() == 2);
  resolver->immediate = resolution{{asio::ip::make_address("127.0.0.1")}, {}};
  addresses->wait(first, steady_clock::now() + 1s);
  run_due();
  CHECK(text_of(first) == "127.0.0.1;");
  CHECK(resolver->asked.size() == 2);
  addresses->doubt(steady_clock::now());
  CHECK(resolver->asked.size() == 3);
}

TEST_CASE_METHOD(addresses_fixture,
                 "a name is looked up again in the background, and the old addresses serve",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test", {.refresh = 5ms, .retry = 5ms});
  addresses->wait(first, steady_clock::now());
  answer("127.0.0.1");
  until_asked(2);
  addresses->wait(first, steady_clock::now());
  CHECK(first.told.size() == 2);
  CHECK(text_of(first) == "127.0.0.1;");
  SECTION("until there is an answer") {
    answer("127.0.0.2");
    addresses->wait(first, steady_clock::now());
    CHECK(text_of(first) == "127.0.0.2;");
    CHECK(addresses->has(asio::ip::tcp::endpoint{asio::ip::make_address("127.0.0.2"), 8080}));
    CHECK_FALSE(addresses->has(asio::ip::tcp::endpoint{asio::ip::make_address("127.0.0.1"), 8080}));
  }
  SECTION("and go on serving when it fails, as often as it does") {
    for (std::size_t times = 3; times < 6; ++times) {
      answer_nothing();
      addresses->wait(first, steady_clock::now());
      CHECK(text_of(first) == "127.0.0.1;");
      until_asked(times);
    }
  }
}

TEST_CASE("the pauses after look-ups that failed grow up to the usual one", "[io][addresses]") {
  const look_up_times times{.refresh = 10s, .retry = 1s};
  CHECK(retry_pause(times, 1) == 1s);
  CHECK(retry_pause(times, 2) == 2s);
  CHECK(retry_pause(times, 4) == 8s);
  CHECK(retry_pause(times, 5) == 10s);
  CHECK(retry_pause(times, 4'000'000'000) == 10s);
  CHECK(retry_pause({.refresh = 500ms, .retry = 1s}, 1) == 500ms);
}

TEST_CASE_METHOD(addresses_fixture, "addresses in doubt serve when there is no better answer soon",
                 "[io][addresses]") {
  const bool waits = GENERATE(true, false);
  const auto addresses = addresses_of("a.test", {.patience = waits ? 1h : 20ms});
  addresses->wait(first, steady_clock::now());
  answer("127.0.0.1");
  const auto asked = steady_clock::now();
  addresses->doubt(asked);
  REQUIRE(resolver->asked.size() == 2);
  addresses->wait(first, asked);
  CHECK(first.told.size() == 1);
  if (waits) {
    SECTION("a better one is waited for") {
      answer("127.0.0.2");
      CHECK(text_of(first) == "127.0.0.2;");
    }
    SECTION("one that fails is not waited for again") {
      answer_nothing();
      CHECK(text_of(first) == "127.0.0.1;");
      addresses->wait(first, steady_clock::now());
      CHECK(first.told.size() == 3);
    }
  } else {
    first.then = [this] { loop.stop(); };
    run_until_stopped();
    CHECK(steady_clock::now() >= asked + 20ms);
    CHECK(text_of(first) == "127.0.0.1;");
    addresses->wait(first, steady_clock::now());
    CHECK(first.told.size() == 3);
    CHECK(resolver->asked.size() == 2);
  }
}

TEST_CASE_METHOD(addresses_fixture,
                 "an answer with nothing new is not doubted for a second, another is at once",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test");
  addresses->wait(first, steady_clock::now());
  answer("127.0.0.1");
  addresses->doubt(steady_clock::now());
  answer("127.0.0.2");
  addresses->doubt(steady_clock::now());
  REQUIRE(resolver->asked.size() == 3);
  answer("127.0.0.2");
  addresses->doubt(steady_clock::now());
  CHECK(resolver->asked.size() == 3);
  addresses->doubt(steady_clock::now() + 1s);
  CHECK(resolver->asked.size() == 4);
}

TEST_CASE_METHOD(addresses_fixture, "whoever watches hears that an address has left",
                 "[io][addresses]") {
  struct final_watcher final : address_watcher {
    void on_addresses_left() override { ++heard; }
    int heard = 0;
  } watcher;
  const auto addresses = addresses_of("a.test");
  addresses->watch(&watcher);
  addresses->wait(first, steady_clock::now());
  answer("127.0.0.1");
  addresses->doubt(steady_clock::now());
  CHECK(watcher.heard == 0);
  answer("127.0.0.2");
  CHECK(watcher.heard == 1);
  addresses->watch(nullptr);
}

TEST_CASE_METHOD(addresses_fixture, "whoever has left is not told, also by one who is told before",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test");
  addresses->wait(first, steady_clock::now());
  addresses->wait(second, steady_clock::now());
  SECTION("in time") { addresses->leave(second); }
  SECTION("while others are told") {
    first.then = [&] { addresses->leave(second); };
  }
  answer("127.0.0.1");
  CHECK(first.told.size() == 1);
  CHECK(second.told.empty());
}

TEST_CASE_METHOD(addresses_fixture, "an answer may come after the end, or bring it about",
                 "[io][addresses]") {
  auto addresses = addresses_of("a.test");
  addresses->wait(first, steady_clock::now());
  addresses->wait(second, steady_clock::now());
  SECTION("it is dropped when nobody waits any more") {
    addresses = nullptr;
    answer("127.0.0.1");
    CHECK(first.told.empty());
  }
  SECTION("it is dropped on its way through the loop") {
    resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
    addresses = nullptr;
    run_due();
    CHECK(first.told.empty());
  }
  SECTION("all are told when the first lets go of the addresses") {
    first.then = [&] { addresses = nullptr; };
    answer("127.0.0.1");
    CHECK(second.told.size() == 1);
  }
}

TEST_CASE_METHOD(addresses_fixture, "a name without a resolver is not found", "[io][addresses]") {
  resolver = nullptr;
  const auto addresses = addresses_of("a.test");
  addresses->wait(first, steady_clock::now());
  run_due();
  REQUIRE(first.told.size() == 1);
  CHECK(first.told[0]->error == "no resolver");
}

}  // namespace tributary::http::io
