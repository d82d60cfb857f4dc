// SPDX-License-Identifier: MIT
#include "providers/market/json_tree.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::market {

TEST_CASE("A number keeps the spelling it came with", "[market]") {
  for (const std::string text : {"0", "-0", "241", "1.2e-09", "1.50", "1E5", "231.4200",
                                 "18446744073709551615", "123456789012345678901234567890",
                                 "-9223372036854775808", "0.1000000000000000055511151231257827"}) {
    INFO(text);
    const auto bare = parse_json("[" + text + "]");
    REQUIRE(bare);
    REQUIRE(bare->items.at(0).as_number());
    CHECK(bare->items.at(0).as_number()->text == text);
    const auto quoted = parse_json("[\"" + text + "\"]");
    CHECK(quoted->items.at(0).as_number()->text == text);
  }
}

TEST_CASE("A string that is a number in no JSON spelling gets the shortest one", "[market]") {
  CHECK(parse_number(".5")->text == "0.5");
  CHECK(parse_number("1.")->text == "1");
  CHECK(parse_number("1.e3")->text == "1000");
  CHECK(parse_number("007")->text == "7");
  CHECK(parse_number(" +1.5 ")->text == "1.5");
}

TEST_CASE("What is no finite number is none", "[market]") {
  for (const auto* text : {"", " ", "-", "nan", "inf", "-Infinity", "1e999", "12abc", "1,234",
                           "0x10", "+-1", "++1", "1.1%", "None", "-"}) {
    INFO(text);
    CHECK_FALSE(parse_number(text));
  }
  for (const auto* text : {"null", "true", "[]", "{}", R"("")"}) {
    CHECK_FALSE(parse_json(text)->as_number());
  }
}

TEST_CASE("A number beyond a double is none, and costs nothing else", "[market]") {
  const std::string digits(400, '9');
  for (const std::string_view each : {"1e400", "-1e400", "1E+4000", "1e-400", digits.c_str()}) {
    const std::string text{each};
    INFO(text);
    const auto tree = parse_json(R"({"price":)" + text + R"(,"other":5})");
    REQUIRE(tree);
    CHECK_FALSE((*tree)["price"].as_number());
    CHECK((*tree)["other"].as_number()->text == "5");
  }
}

TEST_CASE("Only whole documents of bounded depth are JSON", "[market]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json(nested(64)));
  CHECK_FALSE(parse_json(nested(65)));
  for (const auto* text : {"", "{", "{} x", "{'a':1}", "[1,]", "\"\xff\"", "NaN", "Too Many"}) {
    INFO(text);
    CHECK_FALSE(parse_json(text));
  }
}

TEST_CASE("Members are found by name, in any depth, and are null where they are not", "[market]") {
  const auto tree = parse_json(R"({"a":{"b":[{"c":"d\u00e9"}]},"t":true,"a2":1,"a2":2})");
  REQUIRE(tree);
  CHECK((*tree)["a"]["b"].items.at(0)["c"].as_text() == "d\xc3\xa9");
  CHECK((*tree)["t"].truth);
  CHECK((*tree)["a2"].text == "2");
  CHECK((*tree)["x"]["y"].is_null());
  CHECK((*tree)["t"]["y"].is_null());
}

TEST_CASE("Changes follow from the previous close", "[market]") {
  const auto got = changes_from_close(*parse_number("1.0843"), parse_number("1.0812"));
  CHECK(got.change->text == "0.0031");
  CHECK(got.percent->value == Approx(0.286718461).epsilon(1e-6));
  // Where both are close, digits must not be lost.
  const auto tiny = changes_from_close(*parse_number("100000.00000001"), parse_number("100000"));
  CHECK(tiny.change->value == Approx(1e-8).epsilon(1e-6));
  for (const auto* close : {"0", "0.0", "-0", "nan"}) {
    const auto none = changes_from_close(*parse_number("5"), parse_number(close));
    CHECK_FALSE(none.change);
    CHECK_FALSE(none.percent);
  }
}

TEST_CASE("The change follows from the percentage", "[market]") {
  const auto got = changes_from_percent(*parse_number("97210"), parse_number("-1.2"));
  CHECK(got.change->value == Approx(-1180.688259109).epsilon(1e-9));
  CHECK(got.percent->text == "-1.2");
  CHECK_FALSE(changes_from_percent(*parse_number("1"), parse_number("-100")).change);
  CHECK_FALSE(changes_from_percent(*parse_number("1"), parse_number("-250")).change);
  CHECK_FALSE(changes_from_percent(*parse_number("1"), {}).change);
}

}  // namespace tributary::providers::market
