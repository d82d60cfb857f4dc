// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/clean.hpp"
#include "actors/jobs/cleaning/text_cleaner.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::jobs::cleaning {

namespace {

struct cleaned_row {
  std::string_view text;
  std::string_view expected;
};

const cleaning_rules& all_detectors() {
  using enum detector;
  static const cleaning_rules result{
      cleaning_settings{{email, card, iban, phone, ssn, ip}, {}, {}, {}}};
  return result;
}

std::string cleaned(std::string_view text) { return clean_text(all_detectors(), text); }

void check(const std::vector<cleaned_row>& rows) {
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(cleaned(row.text) == row.expected);
    CHECK(cleaned(row.expected) == row.expected);
  }
}

void check_untouched(const std::vector<std::string_view>& texts) {
  for (const auto text : texts) CHECK(cleaned(text) == text);
}

}  // namespace

TEST_CASE("valid card numbers of all networks are found", "[jobs][cleaning]") {
  for (const auto* number :
       {"4012888888881881", "122000000000003", "371449635398431", "5555555555554444",
        "5019717010103742", "30569309025904", "6011000400000000", "3528000700000000",
        "6759649826438453", "4111111111111111", "4917300800000000", "4484070000000000",
        "2223003122003222", "2720992593319364", "4222222222222", "6304000000000000", "501800000009",
        "6304000000000000000"}) {
    CHECK(cleaned(number) == "[card]");
    CHECK(cleaned("my card " + std::string{number} + ".") == "my card [card].");
  }
}

TEST_CASE("what is not quite a card number stays", "[jobs][cleaning]") {
  check_untouched({"4012-8888-8888-1882", "4012888888881882", "36168002586008",
                   "41111111111111111111",                    // 20 digits
                   "14111111111111111", "41111111111111110",  // within a longer row
                   "4111  1111  1111  1111", "4111--1111-1111-1111", "4111_1111_1111_1111",
                   "4111.1111.1111.1111", "2220990000000004",
                   "2721000000000004",                    // next to the range 2221-2720
                   "1220000000000031", "12200000000008",  // 1, but not 15 digits
                   "79927398713", "0000000000000000", "9111111111111111"});
}

TEST_CASE("blanks and hyphens within a card number are looked through", "[jobs][cleaning]") {
  check({{"4012-8888-8888-1881", "[card]"},
         {"4012 8888 8888 1881", "[card]"},
         {"3714 496353 98431", "[card]"},
         {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "[card]"},
         {"4111\xc2\xa0"
          "1111\xc2\xa0"
          "1111\xc2\xa0"
          "1111",
          "[card]"},
         {"4111\xe2\x80\x91"
          "1111\xe2\x80\x91"
          "1111\xe2\x80\x91"
          "1111",
          "[card]"},
         {"a4111111111111111b", "a[card]b"}});
}

TEST_CASE("a card number is found among other numbers", "[jobs][cleaning]") {
  check({{"2 4111 1111 1111 1111", "2 [card]"},
         {"4111 1111 1111 1111 123", "[card] 123"},
         {"4111-1111-1111-1111-12", "[card]-12"},
         {"no 7 4111111111111111 2027-12", "no 7 [card] 2027-12"},
         {"4111111111111111 5555555555554444", "[card] [card]"},
         {"4111111111111111,5555555555554444", "[card],[card]"},
         {"4111 1111 1111 1111 5555 5555 5555 4444", "[card] [card]"}});
  // Short numbers in a row are none, though a part of them would pass.
  check_untouched({"10 20 4 111 1111 1111 11 11 5 6 7 8"});
}

TEST_CASE("full-width forms count as ASCII", "[jobs][cleaning]") {
  check({{"\xef\xbc\x94\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xef\xbc\x8d"
          "\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91\xef\xbc\x91"
          "11111111",
          "[card]"},
         {"me\xef\xbc\xa0"
          "example\xef\xbc\x8e"
          "com",
          "[email]"},
         {"\xef\xbc\x8b"
          "49 30 1234567",
          "[phone]"}});
}

TEST_CASE("characters of no width are looked through", "[jobs][cleaning]") {
  check({{"4111\xe2\x80\x8b"
          "1111\xe2\x80\x8c"
          "1111\xef\xbb\xbf"
          "1111",
          "[card]"},
         {"4111 \xe2\x81\xa0"
          "1111 1111 1111",
          "[card]"},
         {"me\xc2\xad@exa\xe2\x80\x8dmple.com", "[email]"},
         {"\xe2\x80\x8b"
          "123-45-\xe2\x80\x8e"
          "6789\xe2\x80\x8b",
          "\xe2\x80\x8b[ssn]\xe2\x80\x8b"}});
  check_untouched(
      {"41111111\xe2\x80\x8b"
       "111111111"});  // 17 digits
}

TEST_CASE("emails are found with what belongs to them", "[jobs][cleaning]") {
  check({{"me@example.com", "[email]"},
         {"Mail <first.last+tag@mail.example.co.uk>!", "Mail <[email]>!"},
         {"write to o'neil_50%@x-y.org.", "write to [email]."},
         {"'me@example.com'", "'[email]'"},
         {"...me@example.com...", "...[email]..."},
         {"mailto:me@example.com?subject=x", "mailto:[email]?subject=x"},
         {"a@b.co,c@d.co", "[email],[email]"},
         {"a@b.co@c.co", "[email]@c.co"},
         {"x@y@z.com", "x@[email]"},
         {"j\xc3\xbcrgen@m\xc3\xbcller.example", "[email]"},
         {"me@xn--mller-kva.xn--p1ai", "[email]"},
         {"me@example.com.1", "[email].1"},
         {"me@example.com--", "[email]--"},
         {"550e8400-e29b-41d4-a716-446655440000@example.com", "[email]"},
         {"4111111111111111@example.com", "[email]"}});
  check_untouched({"me@example", "@example.com", "me@", "a@b..c", "me@.com", "lodash@4.17.21",
                   "me @example.com"});
}

TEST_CASE("an IBAN is found by its check digits", "[jobs][cleaning]") {
  check({{"DE89370400440532013000", "[iban]"},
         {"de89370400440532013000", "[iban]"},
         {"IBAN: GB82 WEST 1234 5698 7654 32.", "IBAN: [iban]."},
         {"gb82 west 1234 5698 7654 32", "[iban]"},
         {"DE89 37040044 0532013000", "[iban]"},
         {"FR1420041010050500013M02606", "[iban]"},
         {"NO9386011117947", "[iban]"},
         {"MT84MALT011000012345MTLCAST001S", "[iban]"},
         {"pay DE89 3704 0044 0532 0130 00 now or later", "pay [iban] now or later"},
         {"DE89 3704 0044 0532 0130 00 bitte sofort", "[iban] bitte sofort"}});
  check_untouched({"DE88370400440532013000", "XDE89370400440532013000", "DE8937040044053201300",
                   "DE89370400440532013000A", "DE89  3704 0044 0532 0130 00"});
}

TEST_CASE("phone numbers are found in both their forms", "[jobs][cleaning]") {
  check({{"+493012345678", "[phone]"},
         {"+49 (0)30 1234-5678", "[phone]"},
         {"+1.555.123.4567 ext", "[phone] ext"},
         {"(+44 20 7946 0958)", "([phone])"},
         {"+(49) 30 - 123456", "[phone]"},
         {"call 555-123-4567.", "call [phone]."},
         {"1-555-123-4567", "1-[phone]"},
         {"+49 30 123456. 5 people", "[phone]. 5 people"}});
  check_untouched({"+1234567", "+ 49 30 123456", "+1234567890123456", "555-123-456",
                   "555-123-45678", "0555-123-4567", "555.123.4567", "2024-01-01T10:00:00+01:00",
                   "1+1=2"});
}

TEST_CASE("a social security number is found when it could be issued", "[jobs][cleaning]") {
  check({{"123-45-6789", "[ssn]"}, {"ssn:899-99-9999;", "ssn:[ssn];"}});
  check_untouched({"000-45-6789", "666-45-6789", "900-45-6789", "123-00-6789", "123-45-0000",
                   "123-45-67890", "0123-45-6789", "123 45 6789", "123456789"});
}

TEST_CASE("addresses of both families are found when asked for", "[jobs][cleaning]") {
  check({{"192.168.0.1", "[ip]"},
         {"from 10.0.0.1:8080.", "from [ip]:8080."},
         {"ends with 10.0.0.1.", "ends with [ip]."},
         {"2001:db8::1", "[ip]"},
         {"[fe80::1]:80", "[[ip]]:80"},
         {"::ffff:10.0.0.1", "[ip]"},
         {"fe80:0:0:0:1:2:3:4", "[ip]"}});
  check_untouched(
      {"1.2.3", "1.2.3.4.5", "256.1.1.1", "v1.2.3.4", "10:20:30", "::", "std::abs", "01.2.3.4"});
  const cleaning_rules by_default;
  CHECK(clean_text(by_default, "192.168.0.1 2001:db8::1") == "192.168.0.1 2001:db8::1");
}

TEST_CASE("a UUID is never touched", "[jobs][cleaning]") {
  check_untouched(
      {"550e8400-e29b-41d4-a716-446655440000", "urn:uuid:41111111-1111-1111-4111-111111111111",
       "41111111-1111-1111-4111-111111111111 41111111-1111-1111-4111-111111111111",
       "{12345678-1234-1234-1234-123456789012}", "id_55512345-4111-1111-1111-111111111111"});
  // As a whole only.
  check({{"41111111-1111-1111-4111-111111111111-x", "[card]-[card]-x"},
         {"x-41111111-1111-1111", "x-[card]"},
         {"41111111-1111-1111-411", "[card]-411"}});
}

TEST_CASE("white space of Unicode is taken off both ends of a text", "[jobs][cleaning]") {
  check({{" \t\r\n a b \xc2\xa0\xe3\x80\x80\xe2\x80\x89", "a b"},
         {"\xe2\x80\xa8x\xc2\x85", "x"},
         {" \xe3\x80\x80 ", ""},
         {"", ""}});
}

TEST_CASE("a text need not be UTF-8", "[jobs][cleaning]") {
  check({{"\xff me@example.com \x80", "\xff [email] \x80"},
         {"4111\xff"
          "111111111111",
          "4111\xff"
          "111111111111"}});
}

TEST_CASE("what a finding leaves behind is looked at once more", "[jobs][cleaning]") {
  // Only with the email cut off the digits before it end where a card may.
  check({{"4111 1111 1111 1111 5555a@b.co", "[card] [email]"},
         {"4111111111111111a@b.co", "[email]"},
         {"5 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 5555a@b.co",
          "5 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 [email]"},
         // The longer row with the telephone is no card; the phone comes first, the card is left.
         {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 555-123-4567", "[card] [phone]"}});
}

TEST_CASE("time grows no faster than the text, whatever it is made of", "[jobs][cleaning]") {
  const auto steps_of = [](std::string_view unit, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += unit;
    text_cleaner cleaner{{detector::email, detector::card, detector::iban, detector::phone,
                          detector::ssn, detector::ip}};
    std::string ignored;
    cleaner.append(ignored, text, spelling::plain);
    return cleaner.steps();
  };
  for (const auto* unit : {"4",
                           "4 ",
                           "4-",
                           "411 ",
                           "1111 ",
                           "+",
                           "+1",
                           "+1 ",
                           "+1(",
                           "a",
                           "a.",
                           "@",
                           "a@",
                           "a@b",
                           "a@b.",
                           "a@b.c",
                           "DE89",
                           "DE89 ",
                           "AB12 C",
                           ":",
                           "1:",
                           "1.",
                           "f",
                           "f-",
                           "-",
                           "555-123-4567 ",
                           "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 555-123-4567",
                           "41111111-1111-1111-4111-111111111111 ",
                           "4111111111111111",
                           "4111111111111111 ",
                           "\xe2\x80\x8b",
                           "123-45-6789",
                           ".'-%"}) {
    INFO(unit);
    const auto once = steps_of(unit, 300);
    const auto twice = steps_of(unit, 600);
    CHECK(twice <= once * 2 + 2'000);
    CHECK(once <= 300 * std::string_view{unit}.size() * 600);
  }
}

}  // namespace tributary::actors::jobs::cleaning
