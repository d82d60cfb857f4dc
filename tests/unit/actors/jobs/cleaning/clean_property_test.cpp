// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/clean.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/json_string.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::jobs::cleaning {

namespace {

/// What must not be found in anything that was cleaned: each is unlike all the others.
constexpr std::string_view canaries[] = {"4012888888881881",
                                         "371449635398431",
                                         "5555555555554444",
                                         "DE89370400440532013000",
                                         "+4930901820",
                                         "212-555-0199",
                                         "219-09-9998",
                                         "canary@nest.example",
                                         "GB82WEST12345698765432",
                                         "6011000990139424",
                                         "30569309025904"};

/// Texts and JSON texts made by chance, of pieces that are or nearly are personal data.
class generator {
 public:
  explicit generator(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string text() {
    std::string result;
    for (auto count = below(9); count > 0; --count) result += piece();
    return result;
  }

  std::string json(std::size_t depth = 0) {
    switch (below(depth < 4 ? 8 : 5)) {
      case 0:
        return number();
      case 1:
        return below(2) == 0 ? "true" : "null";
      case 5:
      case 6:
        return object(depth + 1);
      case 7:
        return array(depth + 1);
      default:
        return quoted(text());
    }
  }

  /// With some characters as escapes.
  std::string quoted(std::string_view content) {
    std::string result = "\"";
    for (const auto c : content) {
      constexpr std::string_view hex = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80 && (byte < 0x20 || below(12) == 0)) {
        result += "\\u00";
        result += hex[byte >> 4];
        result += hex[byte & 15];
      } else {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
      }
    }
    return result + '"';
  }

 private:
  std::string piece() {
    static const std::vector<std::string_view> pieces{" ",
                                                      "  ",
                                                      "-",
                                                      ".",
                                                      ":",
                                                      "@",
                                                      "+",
                                                      "(",
                                                      ")",
                                                      "'",
                                                      "%",
                                                      "_",
                                                      "a",
                                                      "f",
                                                      "x.y",
                                                      "com",
                                                      "\t",
                                                      "\n",
                                                      "1",
                                                      "4",
                                                      "12",
                                                      "0000",
                                                      "4111",
                                                      "555",
                                                      "[card]",
                                                      "[email]",
                                                      "~2",
                                                      "AB12",
                                                      "\xe2\x80\x8b",
                                                      "\xef\xbc\x94",
                                                      "\xef\xbc\xa0",
                                                      "\xc2\xa0",
                                                      "\xe2\x80\x91",
                                                      "\xc3\xa9",
                                                      "\xe4\xb8\xad",
                                                      "\xf0\x9f\x98\x80",
                                                      "\"",
                                                      "\\",
                                                      "4111111111111111",
                                                      "4111 1111 1111 1111",
                                                      "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                                                      "3714-496353-98431",
                                                      "555-123-4567",
                                                      "123-45-6789",
                                                      "+49 (0)30 1234567",
                                                      "me@example.com",
                                                      "@b.co",
                                                      "a@b.c",
                                                      "DE89370400440532013000",
                                                      "GB82 WEST 1234 5698 7654 32",
                                                      "10.0.0.1",
                                                      "fe80::1",
                                                      "::",
                                                      "1::2",
                                                      "550e8400-e29b-41d4-a716-446655440000",
                                                      "41111111-1111-1111-4111-111111111111"};
    return std::string{pieces[below(pieces.size())]};
  }

  std::string number() {
    static const std::vector<std::string_view> numbers{"0",
                                                       "-1",
                                                       "4111111111111111",
                                                       "-4111111111111111",
                                                       "4111111111111111.0",
                                                       "1e400",
                                                       "41111111111111111111"};
    return std::string{numbers[below(numbers.size())]};
  }

  std::string name() {
    static const std::vector<std::string_view> names{
        "a", "b",        "k",      "m",       "h",         "d",     "path",
        "x", "password", "a@b.co", "[email]", "[email]~2", "c@d.co"};
    return quoted(below(4) == 0 ? text() : std::string{names[below(names.size())]});
  }

  std::string object(std::size_t depth) {
    std::string result = "{";
    for (auto count = below(5); count > 0; --count) {
      if (result.size() > 1) result += " , ";
      result += name() + ": " + json(depth);
    }
    return result + '}';
  }

  std::string array(std::size_t depth) {
    std::string result = "[";
    for (auto count = below(4); count > 0; --count) {
      if (result.size() > 1) result += ',';
      result += json(depth);
    }
    return result + ']';
  }

  std::mt19937 random_;
};

std::vector<cleaning_rules> several_rules() {
  using enum detector;
  std::vector<cleaning_rules> result;
  result.emplace_back();
  cleaning_settings settings;
  settings.detectors = {email, card, iban, phone, ssn, ip};
  result.emplace_back(settings);
  settings.fields = {{"k", cleaning_operator::keep},       {"m", cleaning_operator::mask},
                     {"h", cleaning_operator::hash},       {"d", cleaning_operator::drop},
                     {"[email]", cleaning_operator::keep}, {"c@d.co", cleaning_operator::keep}};
  settings.paths = {{"/path/*", cleaning_operator::drop},
                    {"/path/a", cleaning_operator::keep},
                    {"/*/x", cleaning_operator::mask},
                    {"/k/a@b.co", cleaning_operator::redact},
                    {"/0", cleaning_operator::hash}};
  settings.hash_key = "key";
  result.emplace_back(settings);
  return result;
}

}  // namespace

TEST_CASE("to clean a text twice changes nothing", "[jobs][cleaning]") {
  generator random{13};
  for (const auto& rules : several_rules()) {
    for (int round = 0; round < 1'000; ++round) {
      const auto text = random.text();
      const auto once = clean_text(rules, text);
      if (clean_text(rules, once) == once) continue;
      INFO(text << " -> " << once);
      REQUIRE(clean_text(rules, once) == once);
    }
  }
}

TEST_CASE("to clean JSON twice changes nothing, and leaves JSON", "[jobs][cleaning]") {
  generator random{31};
  for (const auto& rules : several_rules()) {
    for (int round = 0; round < 600; ++round) {
      const auto json = random.json();
      INFO(json);
      REQUIRE(http::wire::check_json(http::wire::shared_bytes{json}));
      const auto once = clean_json(rules, json);
      REQUIRE(http::wire::check_json(http::wire::shared_bytes{once}));
      REQUIRE(clean_json(rules, once) == once);
    }
  }
}

TEST_CASE("no canary is left, wherever it stands", "[jobs][cleaning]") {
  const cleaning_rules rules;
  generator random{7};
  // What may stand around any of them without being a part of it.
  const std::vector<std::string> around{
      " ", ", ", "\n", "(", ")", "\"", "/", "=", "\xe4\xb8\xad ", "; ", " no 7, "};
  for (const auto canary : canaries) {
    for (int round = 0; round < 30; ++round) {
      const auto text = around[random.below(around.size())] + std::string{canary} +
                        around[random.below(around.size())];
      const auto json = "{" + random.quoted(text) + ":[" + random.quoted(text) +
                        ",{\"x\":" + random.quoted(std::string{canary}) + "}]}";
      INFO(json);
      CHECK(clean_json(rules, json).find(canary) == std::string::npos);
      CHECK(clean_text(rules, text).find(canary) == std::string::npos);
    }
  }
}

}  // namespace tributary::actors::jobs::cleaning
