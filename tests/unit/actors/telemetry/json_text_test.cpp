// SPDX-License-Identifier: MIT
#include "actors/telemetry/json_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>

namespace tributary::actors::telemetry {

using namespace json_text;

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  append_escaped(result, text);
  return result;
}

}  // namespace

TEST_CASE("texts are escaped, and what is not UTF-8 is replaced", "[telemetry][json_text]") {
  using namespace std::string_literals;
  const std::string bad = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"a\"b\\c", R"(a\"b\\c)"},
      {"\n\r\t", R"(\n\r\t)"},
      {"\0\x1b[31m\x7f"s, R"(\u0000\u001b[31m\u007f)"},
      {"\u009b", R"(\u009b)"},
      {"\u00a0é€😀", "\u00a0é€😀"},
      {"\xff", bad},
      {"a\xc3", "a" + bad},
      {"\xc0\xaf", bad + bad},                      // overlong
      {"\xe0\x80\x80", bad + bad + bad},            // overlong
      {"\xed\xa0\x80", bad + bad + bad},            // surrogate
      {"\xf4\x90\x80\x80", bad + bad + bad + bad},  // beyond U+10FFFF
      {"\xe2\x82", bad + bad},
      {"\x80x", bad + "x"},
  };
  for (const auto& [text, expected] : rows) CHECK(escaped(text) == expected);
}

TEST_CASE("any bytes give valid JSON", "[telemetry][json_text]") {
  std::mt19937 random(7);
  for (int i = 0; i != 2000; ++i) {
    std::string text(random() % 24, ' ');
    for (auto& c : text) c = static_cast<char>(random() % 3 ? random() : 0xC0 + random() % 0x40);
    CAPTURE(text);
    std::string line;
    append_string(line, text);
    CHECK(nlohmann::json::accept(line));
  }
}

TEST_CASE("numbers are written as JSON has them", "[telemetry][json_text]") {
  const auto real = [](double value) {
    std::string result;
    append_number(result, value);
    return result;
  };
  CHECK(real(0.1) == "0.1");
  CHECK(real(std::numeric_limits<double>::infinity()) == "null");
  CHECK(real(std::numeric_limits<double>::quiet_NaN()) == "null");
  const auto thousandths = [](std::int64_t value) {
    std::string result;
    append_thousandths(result, value);
    return result;
  };
  CHECK(thousandths(0) == "0");
  CHECK(thousandths(12'000) == "12");
  CHECK(thousandths(12'340) == "12.34");
  CHECK(thousandths(1'005) == "1.005");
  CHECK(thousandths(500) == "0.5");
  CHECK(thousandths(-1) == "0");
}

}  // namespace tributary::actors::telemetry
