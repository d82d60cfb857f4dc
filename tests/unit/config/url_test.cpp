// SPDX-License-Identifier: MIT
#include "config/url.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

TEST_CASE("an upstream's URL is split into what is needed to reach it", "[config][url]") {
  struct good {
    const char* text;
    bool tls;
    const char* host;
    int port;
    const char* prefix;
  };
  auto row = GENERATE(good{"http://a.example", false, "a.example", 80, ""},
                      good{"https://a.example/", true, "a.example", 443, ""},
                      good{"HTTP://10.0.0.1:7001/api/v3/", false, "10.0.0.1", 7001, "/api/v3"},
                      good{"https://[::1]:1", true, "::1", 1, ""},
                      good{"http://h:/x%20y", false, "h", 80, "/x%20y"});
  CAPTURE(row.text);
  upstream_url url;
  CHECK(parse_upstream_url(row.text, url).empty());
  CHECK(url.tls == row.tls);
  CHECK(url.host == row.host);
  CHECK(url.port == row.port);
  CHECK(url.path_prefix == row.prefix);
}

TEST_CASE("any other URL is refused", "[config][url]") {
  auto text = GENERATE("", "a.example", "a.example:80", "ftp://h", "http://", "http:///x",
                       "http://u:p@h", "http://u@h", "http://h?q", "http://h#f", "http://h:0",
                       "http://h:65536", "http://h:x", "http://h h", "http://h%2fx", "http:h",
                       "http://[::1", "http://h/ ", "http://h\r\nX: y");
  CAPTURE(text);
  upstream_url url;
  CHECK_FALSE(parse_upstream_url(text, url).empty());
}

TEST_CASE("an upstream on a Unix socket is called localhost and has no prefix", "[config][url]") {
  for (const auto* text : {"unix:/run/a.sock", "UNIX:/run/a.sock", "unix:///run/a.sock"}) {
    CAPTURE(text);
    upstream_url url;
    CHECK(parse_upstream_url(text, url).empty());
    CHECK(url.socket == "/run/a.sock");
    CHECK(url.host == "localhost");
    CHECK(url.port == 80);
    CHECK_FALSE(url.tls);
    CHECK(url.path_prefix.empty());
  }
}

TEST_CASE("a path that no Unix socket can have is refused, and it is said why", "[config][url]") {
  const auto wrong = [](const std::string& text) {
    upstream_url url;
    return parse_upstream_url(text, url);
  };
  CHECK(wrong("unix:/" + std::string(106, 'a')).empty());
  CHECK(wrong("unix:/" + std::string(107, 'a')) ==
        "the path of a Unix socket has at most 107 bytes, and this one has 108");
  CHECK(wrong("unix:@abstract").starts_with("an abstract socket"));
  for (const auto* text : {"unix:", "unix:a.sock", "unix:./a.sock", "unix://host/a.sock"}) {
    CAPTURE(text);
    CHECK(wrong(text).starts_with("expected the absolute path"));
  }
  CHECK(wrong("unix:/run/").ends_with("names a file, not a folder"));
  CHECK(wrong("unix:/run/a.sock:/prefix").starts_with("the path of a Unix socket ends the URL"));
  CHECK(wrong("unix:/run/a\nb").ends_with("control characters"));
}

TEST_CASE("an address to listen on is an IP address", "[config][url]") {
  CHECK(judge_address("127.0.0.1") == address_kind::loopback);
  CHECK(judge_address("127.1.2.3") == address_kind::loopback);
  CHECK(judge_address("::1") == address_kind::loopback);
  CHECK(judge_address("0.0.0.0") == address_kind::other);
  CHECK(judge_address("::") == address_kind::other);
  CHECK(judge_address("localhost") == address_kind::invalid);
  CHECK(judge_address("[::1]") == address_kind::invalid);
  CHECK(judge_address("") == address_kind::invalid);
}

}  // namespace tributary::config
