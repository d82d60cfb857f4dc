// SPDX-License-Identifier: MIT
#include "http/wire/target.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::wire {

TEST_CASE("an origin-form splits at its first question mark") {
  const auto with_query = parse_origin_form("/a%20b/c?d=e?f/g");
  REQUIRE(with_query);
  CHECK(with_query->path == "/a%20b/c");
  CHECK(with_query->query == "d=e?f/g");
  CHECK(parse_origin_form("/a?")->has_query);
  CHECK_FALSE(parse_origin_form("/a")->has_query);
  CHECK(parse_origin_form("//a")->path == "//a");
  for (const auto* wrong : {"", "a", "*", "/%", "/%4", "/%g0", "/?%4", "/a b", "/?a b", "/#",
                            "/?a#b", "/\"", "/<", "/?>", "/\xc3\xa9", "/\t", "/?\x7f"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_origin_form(wrong));
  }
}

TEST_CASE("what the URL standard leaves unescaped is accepted in path and query") {
  const auto form = parse_origin_form("/a[]|^{}\\`?b[c]|^{}\\`=[]");
  REQUIRE(form);
  CHECK(form->path == "/a[]|^{}\\`");
  CHECK(form->query == "b[c]|^{}\\`=[]");
}

TEST_CASE("a target in absolute form names path, query and host") {
  struct row {
    const char* target;
    const char* authority;
    const char* path;
    const char* query;
  };
  for (const auto& row :
       {row{"/a?b", "", "/a", "b"}, row{"http://h/a?b?c", "h", "/a", "b?c"},
        row{"HTTPS://h.x:8080/", "h.x:8080", "/", ""}, row{"http://[::1]:80", "[::1]:80", "/", ""},
        row{"http://h?q=[1]", "h", "/", "q=[1]"}}) {
    CAPTURE(row.target);
    const auto read = parse_request_target(row.target);
    REQUIRE(read);
    CHECK(read->authority == row.authority);
    CHECK(read->origin.path == row.path);
    CHECK(read->origin.query == row.query);
  }
  for (const auto* wrong : {"", "h", "h:80", "http:/a", "http:///a", "http://", "ftp://h/", "://h/",
                            "http://u@h/", "http://u:p@h/", "http://h:x/", "http://h/#f",
                            "http://h?a b", "http://h/%", "http://h\\a/"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_request_target(wrong));
  }
}

TEST_CASE("hosts are names or addresses with an optional port") {
  for (const auto* good :
       {"a", "a.b:80", "1.2.3.4", "[::1]", "[::1]:8080", "a:", "[v1.x]", "a%20b"}) {
    CAPTURE(good);
    CHECK(is_valid_host(good));
  }
  for (const auto* bad : {"", ":80", "a:b", "a:123456", "[::1", "[]", "[a]", "[::1]x", "a/b", "u@a",
                          "a b", "a%2", "a?b", "a:80:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_host(bad));
  }
}

TEST_CASE("percent escapes decode once, and a plus is a space only in forms") {
  std::string result;
  REQUIRE(percent_decode("a%2Bb+%25%32%30", result));
  CHECK(result == "a+b+%20");
  REQUIRE(percent_decode("a+b", result, plus::is_space));
  CHECK(result == "a b");
  for (const auto* wrong : {"%", "%1", "%g1", "a%"}) CHECK_FALSE(percent_decode(wrong, result));
  std::string encoded;
  append_percent_encoded(encoded, std::string("a/ \0\xff~", 6));
  CHECK(encoded == "a%2F%20%00%FF~");
}

TEST_CASE("a query comes apart into its items") {
  std::string_view rest = "a=1&&b&c==&=d";
  const auto a = next_query_item(rest);
  CHECK((a->name == "a" && a->value == "1"));
  const auto b = next_query_item(rest);
  CHECK((b->name == "b" && b->value.empty() && !b->has_value));
  const auto c = next_query_item(rest);
  CHECK((c->name == "c" && c->value == "="));
  const auto d = next_query_item(rest);
  CHECK((d->name.empty() && d->value == "d"));
  CHECK_FALSE(next_query_item(rest));
}

}  // namespace tributary::http::wire
