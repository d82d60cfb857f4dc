// SPDX-License-Identifier: MIT
#include "providers/mock/wire/loopback_url.hpp"

#include <catch2/catch.hpp>

namespace tributary::providers::mock {

TEST_CASE("URLs of this machine are taken apart", "[mock]") {
  const struct {
    const char* text;
    const char* address;
    unsigned port;
    const char* host;
    const char* target;
  } cases[] = {
      {"http://127.0.0.1:8080/a/b?c=%20d", "127.0.0.1", 8080, "127.0.0.1:8080", "/a/b?c=%20d"},
      {"http://127.1.2.3", "127.1.2.3", 80, "127.1.2.3", "/"},
      {"http://localhost:1?x", "127.0.0.1", 1, "localhost:1", "/?x"},
      {"HTTP://[::1]:9/#part", "::1", 9, "[::1]:9", "/"}};
  for (const auto& [text, address, port, host, target] : cases) {
    INFO(text);
    const auto url = parse_loopback_url(text);
    REQUIRE(url);
    CHECK(url->endpoint.address().to_string() == address);
    CHECK(url->endpoint.port() == port);
    CHECK(url->host == host);
    CHECK(url->target == target);
  }
}

TEST_CASE("URLs of other machines, and whatever could become one, are refused", "[mock]") {
  for (const auto* text : {"",
                           "/path",
                           "127.0.0.1:80",
                           "https://127.0.0.1/",
                           "ftp://127.0.0.1/",
                           "http:///x",
                           "http://10.0.0.1/",
                           "http://192.168.0.1/",
                           "http://0.0.0.0/",
                           "http://128.0.0.1/",
                           "http://169.254.169.254/",
                           "http://example.com/",
                           "http://localhost.example.com/",
                           "http://a.localhost/",
                           "http://127.1/",
                           "http://0x7f.0.0.1/",
                           "http://2130706433/",
                           "http://[::]/",
                           "http://[::ffff:127.0.0.1]/",
                           "http://[fe80::1]/",
                           "http://[2001:db8::1]/",
                           "http://127.0.0.1@10.0.0.1/",
                           "http://user@127.0.0.1/",
                           "http://127.0.0.1:0/",
                           "http://127.0.0.1:65536/",
                           "http://127.0.0.1:x/",
                           "http://127.0.0.1/a b"}) {
    INFO(text);
    CHECK_FALSE(parse_loopback_url(text));
  }
}

}  // namespace tributary::providers::mock
