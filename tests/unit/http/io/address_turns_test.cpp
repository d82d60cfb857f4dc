// SPDX-License-Identifier: MIT
#include "http/io/address_turns.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace tributary::http::io {

using namespace std::chrono_literals;

namespace {

endpoint address(const std::string& number) {
  return asio::ip::tcp::endpoint{asio::ip::make_address(number), 80};
}

std::vector<endpoint> addresses(std::initializer_list<const char*> numbers) {
  std::vector<endpoint> result;
  for (const auto* each : numbers) result.push_back(address(each));
  return result;
}

/// On a manual clock. Addresses are written as their last number: `1` is 127.0.0.1.
struct turns_driver {
  turns_driver(std::initializer_list<const char*> numbers) { turns.assign(addresses(numbers)); }

  /// In which order the next connection tries them.
  std::string next() {
    std::string result;
    for (const auto& each : turns.next(now)) {
      const auto text = address_text(each);
      result += (result.empty() ? "" : " ") + text.substr(text.find_last_of(".:") + 1);
    }
    return result;
  }

  void failed(const char* number) { turns.failed(address(number), now); }
  void worked(const char* number) { turns.worked(address(number)); }

  address_turns turns;
  steady_time now{1000h};
};

}  // namespace

TEST_CASE("the addresses of a name take turns", "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2", "127.0.0.3"};
  CHECK(d.next() == "1 2 3");
  CHECK(d.next() == "2 3 1");
  CHECK(d.next() == "3 1 2");
  CHECK(d.next() == "1 2 3");
}

TEST_CASE("an address that took no connection is tried last for a while", "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2", "127.0.0.3"};
  d.failed("127.0.0.1");
  CHECK(d.next() == "2 3 1");
  CHECK(d.next() == "3 2 1");
  d.now += 9999ms;
  CHECK(d.next() == "2 3 1");
  d.now += 1ms;
  CHECK(d.next() == "3 1 2");
}

TEST_CASE(
    "an address that stays dead costs one connection for each rest, and rests longer each time",
    "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2"};
  d.failed("127.0.0.1");
  const auto rests = {10s, 20s, 40s, 80s, 120s, 120s};
  for (const auto rest : rests) {
    CAPTURE(rest.count());
    d.now += rest - 1ms;
    CHECK(d.next() == "2 1");
    CHECK(d.next() == "2 1");
    d.now += 1ms;
    auto first = d.next();
    if (first == "2 1") first = d.next();
    CHECK(first == "1 2");     // on trial
    CHECK(d.next() == "2 1");  // for one connection alone
    CHECK(d.next() == "2 1");
    d.failed("127.0.0.1");
    d.failed("127.0.0.1");  // one that was begun at the same time
  }
}

TEST_CASE("an address that works again takes its turn, and its next rest is a short one",
          "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2"};
  d.failed("127.0.0.1");
  d.now += 10s;
  d.failed("127.0.0.1");
  d.worked("127.0.0.1");
  CHECK(d.next() == "1 2");
  CHECK(d.next() == "2 1");
  d.failed("127.0.0.1");
  d.now += 10s;
  CHECK(d.next() == "1 2");
}

TEST_CASE("where all rest, the one whose rest ends first is tried first", "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2", "127.0.0.3"};
  d.failed("127.0.0.2");
  d.now += 10ms;
  d.failed("127.0.0.3");
  d.now += 10ms;
  d.failed("127.0.0.1");
  CHECK(d.next() == "2 3 1");
  CHECK(d.next() == "2 3 1");
}

TEST_CASE("a single address is always tried", "[io][addresses]") {
  turns_driver d{"127.0.0.1"};
  d.failed("127.0.0.1");
  CHECK(d.next() == "1");
}

TEST_CASE("the second to be tried is of another family than the first", "[io][addresses]") {
  turns_driver d{"::1", "::2", "::3", "127.0.0.8", "127.0.0.9"};
  CHECK(d.next() == "1 8 2 3 9");
  CHECK(d.next() == "2 8 3 9 1");
  CHECK(d.next() == "3 8 9 1 2");
  CHECK(d.next() == "8 1 9 2 3");
}

TEST_CASE("addresses are kept as they were by an answer that has them again", "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2"};
  d.failed("127.0.0.1");
  CHECK_FALSE(d.turns.assign(addresses({"127.0.0.3", "127.0.0.2", "127.0.0.1"})));
  CHECK(d.next() == "3 2 1");
  CHECK(d.turns.assign(addresses({"127.0.0.3", "127.0.0.1"})));
  CHECK_FALSE(d.turns.has(address("127.0.0.2")));
  CHECK(d.next() == "3 1");
  d.failed("127.0.0.2");  // begun before it left
  CHECK(d.next() == "3 1");
}

TEST_CASE("repeated addresses count once, and of hundreds the first 64 are used",
          "[io][addresses]") {
  turns_driver d{"127.0.0.1", "127.0.0.2", "127.0.0.1"};
  CHECK(d.next() == "1 2");
  std::vector<endpoint> many;
  for (int i = 0; i < 200; ++i) many.push_back(address("127.0." + std::to_string(i) + ".1"));
  d.turns.assign(many);
  CHECK(d.turns.size() == address_turns::most);
  CHECK(d.turns.has(many[63]));
  CHECK_FALSE(d.turns.has(many[64]));
}

}  // namespace tributary::http::io
