// SPDX-License-Identifier: MIT
#include "actors/guards/redirect.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::guards {

namespace {

config::upstream_settings upstream_at(std::string host, std::uint16_t port, bool tls) {
  config::upstream_settings result;
  result.host = std::move(host);
  result.port = port;
  result.tls = tls;
  return result;
}

}  // namespace

TEST_CASE("a redirect is followed on the upstream's own origin", "[redirect]") {
  const auto upstream = upstream_at("api.example", 80, false);
  struct row {
    const char* location;
    const char* expected;
  };
  for (const auto& row : {row{"/new?x=1", "/new?x=1"}, row{"http://api.example/new", "/new"},
                          row{"HTTP://API.example:80/new#part", "/new"}, row{"other", "/a/other"},
                          row{"../up", "/up"}, row{"?y", "/a/b?y"}, row{"//api.example", "/"},
                          row{"/caf%C3%A9", "/caf%C3%A9"}}) {
    CAPTURE(row.location);
    CHECK(redirect_target(upstream, "GET", "/a/b?q", 302, row.location) == row.expected);
  }
  for (const auto* elsewhere :
       {"", "http://other.example/new", "https://api.example/new", "http://api.example:81/new",
        "//api.example.evil/", "http://u@api.example/", "mailto:x@y", "/a b",
        "http://api.example@evil/"}) {
    CAPTURE(elsewhere);
    CHECK_FALSE(redirect_target(upstream, "GET", "/a/b", 302, elsewhere));
  }
  CHECK(redirect_target(upstream_at("::1", 8443, true), "HEAD", "/", 308, "https://[::1]:8443/x") ==
        "/x");
}

TEST_CASE("only what is a redirect of GET or HEAD is followed", "[redirect]") {
  const auto upstream = upstream_at("h", 80, false);
  for (const auto status : {301, 302, 303, 307, 308}) {
    CHECK(redirect_target(upstream, "GET", "/", status, "/x") == "/x");
    CHECK_FALSE(redirect_target(upstream, "POST", "/", status, "/x"));
  }
  for (const auto status : {200, 201, 300, 304, 305, 306, 404}) {
    CHECK_FALSE(redirect_target(upstream, "GET", "/", status, "/x"));
  }
}

}  // namespace tributary::actors::guards
