// SPDX-License-Identifier: MIT
#include "http/server/gateway/request_observer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::http::server {

TEST_CASE("values of a route's secrets are not shown in its path", "[observer]") {
  const std::string path = "/of/alice/s3cr3t/x/s3cr3t2";
  request asked;
  asked.path = path;
  asked.path_parameters.push_back({"who", asked.path.substr(4, 5)});
  asked.path_parameters.push_back({"sid", asked.path.substr(10, 6)});
  asked.path_parameters.push_back({"other", asked.path.substr(19)});
  CHECK(path_without(asked, {"sid", "other"}) == "/of/alice/[redacted]/x/[redacted]");
  CHECK(path_without(asked, {"nobody"}) == path);
}

TEST_CASE("values of a route's secrets are not shown in its query", "[observer]") {
  const std::vector<std::string> secrets{"sid"};
  CHECK(query_without("a=1&sid=s3cr3t&b", secrets) == "a=1&sid=[redacted]&b");
  CHECK(query_without("s%69d=s3cr3t&side=2", secrets) == "s%69d=[redacted]&side=2");
  CHECK(query_without("", secrets).empty());
}

}  // namespace tributary::http::server
