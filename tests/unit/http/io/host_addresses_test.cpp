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
  host_addresses_ptr addresses_of(const std::string& host, address_lifetimes kept = {}) {
    return host_addresses_ptr{new host_addresses{loop, host, 8080, resolver, kept}};
  }

  /// The resolver's answer to what it was asked last.
  void answer(const char* number) {
    resolver->waiting({{asio::ip::make_address(number)}, {}});
    run_due();
  }

  std::shared_ptr<manual_resolver> resolver = std::make_shared<manual_resolver>();
  curious first, second;
};

std::string text_of(const curious& asked) {
  std::string result;
  for (const auto& endpoint : asked.told.back()->endpoints) {
    result += endpoint.address().to_string() + " " + std::to_string(endpoint.port()) + ";";
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
  const auto r = GENERATE(values<row>(
      {{"127.0.0.1", "127.0.0.1 8080;"}, {"::1", "::1 8080;"}, {"[::1]", "::1 8080;"}}));
  resolver = nullptr;
  const auto addresses = addresses_of(r.host);
  addresses->distrust();
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
  CHECK(text_of(first) == "127.0.0.7 8080;");
  CHECK(text_of(second) == "127.0.0.7 8080;");
  addresses->wait(first, now + 29s);
  CHECK(first.told.size() == 2);
  CHECK(resolver->asked.size() == 1);
  addresses->wait(first, steady_clock::now() + 30s);
  CHECK(first.told.size() == 2);
  CHECK(resolver->asked.size() == 2);
}

TEST_CASE_METHOD(addresses_fixture,
                 "a failure is kept for a second, and distrust ends a good answer",
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
  CHECK(text_of(first) == "127.0.0.1 8080;");
  CHECK(resolver->asked.size() == 2);
  addresses->distrust();
  addresses->wait(first, steady_clock::now());
  CHECK(resolver->asked.size() == 3);
}

TEST_CASE_METHOD(addresses_fixture, "without a lifetime each look-up is a new one",
                 "[io][addresses]") {
  const auto addresses = addresses_of("a.test", {0ms, 0ms});
  addresses->wait(first, steady_clock::now());
  answer("127.0.0.1");
  addresses->wait(first, steady_clock::now());
  CHECK(first.told.size() == 1);
  CHECK(resolver->asked.size() == 2);
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
