// SPDX-License-Identifier: MIT
#include "http/wire/origin.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::http::wire {

TEST_CASE("loopback names are localhost, names below it, 127.0.0.0/8 and ::1, with any port") {
  for (const auto* each : {"localhost", "LOCALHOST:9090", "localhost.", "a.localhost",
                           "a.b.localhost:1", "127.0.0.1", "127.0.0.1:9090", "127.255.3.4", "[::1]",
                           "[::1]:9090", "[0:0:0:0:0:0:0:1]", "localhost:"}) {
    CAPTURE(each);
    CHECK(is_loopback_authority(each));
  }
  for (const auto* each : {"",
                           "evil.example",
                           "evil.example:9090",
                           "localhost.evil.example",
                           "evillocalhost",
                           ".",
                           "127.0.0.1.evil.example",
                           "126.0.0.1",
                           "128.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "[::2]",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "[::1",
                           "::1",
                           "10.0.0.1:127",
                           ":9090",
                           "127.0.0.1@evil.example"}) {
    CAPTURE(each);
    CHECK_FALSE(is_loopback_authority(each));
  }
  CHECK_FALSE(is_loopback_authority(std::string(300, '1')));
}

TEST_CASE("a page is of the same origin when host and port are those of the server") {
  struct row {
    const char* origin;
    const char* authority;
    bool same;
  };
  const row rows[] = {
      {"http://localhost:9090", "localhost:9090", true},
      {"HTTP://LocalHost:9090", "localhost:9090", true},
      {"http://localhost", "localhost", true},
      {"http://localhost:80", "localhost", true},
      {"https://localhost:443", "localhost", true},
      {"http://[::1]:9090", "[::1]:9090", true},
      {"http://localhost:3000", "localhost:9090", false},
      {"http://127.0.0.1:9090", "localhost:9090", false},
      {"http://evil.example", "localhost:9090", false},
      {"http://evil.example:9090", "localhost:9090", false},
      {"http://localhost:9090.evil.example", "localhost:9090", false},
      {"null", "localhost:9090", false},
      {"", "", false},
      {"http://", "", false},
      {"file://localhost:9090", "localhost:9090", false},
      {"localhost:9090", "localhost:9090", false},
  };
  for (const auto& each : rows) {
    CAPTURE(each.origin, each.authority);
    CHECK(is_same_origin(each.origin, each.authority) == each.same);
  }
}

}  // namespace tributary::http::wire
