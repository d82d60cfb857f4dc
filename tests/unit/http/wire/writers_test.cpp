// SPDX-License-Identifier: MIT
#include "http/wire/http_date.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/problem.hpp"
#include "http/wire/structured_field.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::http::wire {

TEST_CASE("structured lists read as RFC 9651 wants them") {
  structured_list list;
  list.token("users").parameter("status", 200).parameter("dur", 12);
  list.token("orders").parameter_token("error", "http_response_timeout").flag("stored");
  list.string("a \"b\" \\ \xc3\xa4").flag("no", false);
  list.token("not a token").parameter_string("detail", "x");
  list.integer(9'999'999'999'999'999).boolean(true);
  CHECK(list.str() ==
        "users;status=200;dur=12, orders;error=http_response_timeout;stored, "
        "\"a \\\"b\\\" \\\\ ??\", \"not a token\";detail=\"x\", 999999999999999, ?1");
  CHECK(structured_boolean(false) == "?0");
}

TEST_CASE("a JSON string is read as the text that it means") {
  CHECK(unescape_json(R"("")").empty());
  CHECK(unescape_json(R"("a\"\\\/\b\f\n\r\tz")") == "a\"\\/\b\f\n\r\tz");
  CHECK(unescape_json(R"("\u00e4\u20AC\ud83d\ude00")") == "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  CHECK(unescape_json(R"("\ud800x")") == "\xed\xa0\x80x");
  std::string written;
  append_json_string(written, "tab\t, quote\", \x7f and \xc3\xa4");
  CHECK(unescape_json(written) == "tab\t, quote\", \x7f and \xc3\xa4");
}

TEST_CASE("dates are written as RFC 9110 wants them") {
  using std::chrono::seconds;
  const auto at = [](long long time) {
    const std::chrono::system_clock::time_point when{seconds(time)};
    return std::string(view(format_http_date(when)));
  };
  CHECK(at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(at(1709164800) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST_CASE("dates are read as they are written, and nothing else is") {
  for (const long long time : {784111777LL, 0LL, 1709164800LL, 4102444799LL, -1LL}) {
    const std::chrono::system_clock::time_point when{std::chrono::seconds{time}};
    CHECK(parse_http_date(view(format_http_date(when))) == when);
  }
  const std::chrono::system_clock::time_point leap{std::chrono::seconds{1483228800}};
  CHECK(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT") > leap);
  CHECK(parse_http_date("Sat, 01 Jan 0000 00:00:00 GMT") < std::chrono::system_clock::time_point{});
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == leap);
  for (const auto* text :
       {"", "0", "-1", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 08-49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("dates in the two obsolete forms are read, and nothing that is only like them") {
  const std::pair<std::string_view, long long> rows[] = {
      {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
      {"Wednesday, 31-Dec-69 23:59:59 GMT", 3155759999},
      {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
      {"Friday, 21-Nov-25 20:00:10 GMT", 1763755210},
      {"Sun Nov  6 08:49:37 1994", 784111777},
      {"Fri Nov 21 20:00:10 2025", 1763755210}};
  for (const auto& [text, time] : rows) {
    INFO(text);
    CHECK(parse_http_date(text) ==
          std::chrono::system_clock::time_point{std::chrono::seconds{time}});
  }
  for (const auto* text :
       {"Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37",
        "Sunday, 06 Nov 94 08:49:37 GMT", "Sunday, 31-Feb-94 08:49:37 GMT",
        "Sunday, 6-Nov-94 08:49:37 GMT", "Sunday,", "Sunday, 06-Nov-94 24:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sundaysunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 94", "Sun Nov 6 08:49:37 1994 ", "Sun Nov  0 08:49:37 1994",
        "Sun nov  6 08:49:37 1994", "Sun Nov  6 08:49:37 +994", "Sun Nov  6 08-49:37 1994",
        "Sun,Nov  6 08:49:37 1994"}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("JSON strings are escaped, and what is not UTF-8 is replaced") {
  struct row {
    std::string text;
    std::string json;
  };
  const std::string replaced = "\xef\xbf\xbd";
  const row rows[] = {
      {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
      {std::string("\n\t\r\0\x1f", 5), "\"\\n\\t\\r\\u0000\\u001f\""},
      {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\x7f",
       "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\\u007f\""},
      {"\xff"
       "a",
       "\"" + replaced + "a\""},
      {"\xc3", "\"" + replaced + "\""},
      {"\xc0\x80", "\"" + replaced + replaced + "\""},
      {"\xe0\x80\x80", "\"" + replaced + replaced + replaced + "\""},
      {"\xed\xa0\x80", "\"" + replaced + replaced + replaced + "\""},
      {"\xf4\x90\x80\x80", "\"" + replaced + replaced + replaced + replaced + "\""},
  };
  for (const auto& row : rows) {
    std::string result;
    append_json_string(result, row.text);
    CHECK(result == row.json);
  }
}

TEST_CASE("problem details carry the error object too") {
  auto p = make_problem("INVALID_PARAMETER");
  p.detail = "customer_id: \"x y\"";
  p.instance = "id-1";
  p.extra_error = "\"retry_after\":5";
  p.extra = "\"errors\":[]";
  CHECK(problem_body(p) ==
        "{\"type\":\"urn:tributary:problem:invalid-parameter\",\"title\":\"Invalid parameter\","
        "\"status\":400,\"detail\":\"customer_id: \\\"x y\\\"\",\"instance\":\"id-1\","
        "\"error\":{\"code\":\"INVALID_PARAMETER\",\"message\":\"customer_id: \\\"x y\\\"\","
        "\"retry_after\":5},\"errors\":[]}");
  problem bare;
  bare.code = problem_code::configured("X");
  CHECK(problem_body(bare) ==
        "{\"type\":\"urn:tributary:problem:x\",\"title\":\"Internal Server Error\",\"status\":500,"
        "\"error\":{\"code\":\"X\",\"message\":\"Internal Server Error\"}}");
}

TEST_CASE("a string of JSON is read whatever way it is written", "[wire][json]") {
  struct row {
    std::string_view quoted;
    std::string_view says;
  };
  const auto rows = GENERATE(values<row>({
      {R"("")", ""},
      {R"("a\"\\\/\b\f\n\r\tz")", "a\"\\/\b\f\n\r\tz"},
      {R"("\u0041\u00e9\u20AC")", "A\xc3\xa9\xe2\x82\xac"},
      {R"("\ud83d\ude00!")", "\xf0\x9f\x98\x80!"},
      {R"("\ud83d\u0041")",
       "\xed\xa0\xbd"
       "A"},
      {R"("\ude00")", "\xed\xb8\x80"},
      {"\"\xf0\x9f\x98\x80\"", "\xf0\x9f\x98\x80"},
  }));
  CHECK(unescape_json(rows.quoted) == rows.says);
}

TEST_CASE("the first character of a string tells how it is written", "[wire][json]") {
  const auto read = [](std::string_view content) {
    const auto result = first_character(content);
    return std::pair{static_cast<std::uint32_t>(result.code), result.size};
  };
  CHECK(read("ab") == std::pair{0x61U, std::size_t{1}});
  CHECK(read(R"(\u0040x)") == std::pair{0x40U, std::size_t{6}});
  CHECK(read(R"(\ud83d\ude00)") == std::pair{0x1f600U, std::size_t{12}});
  CHECK(read(R"(\ud83d\ud83d)") == std::pair{0xd83dU, std::size_t{6}});
  CHECK(read("\xef\xbc\x91") == std::pair{0xff11U, std::size_t{3}});
  CHECK(read("\xff") == std::pair{0xfffdU, std::size_t{1}});
}

}  // namespace tributary::http::wire
