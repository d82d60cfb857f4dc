// SPDX-License-Identifier: MIT
#include "actors/aggregation/part_key.hpp"

#include "actors/aggregation/request.hpp"
#include "fixtures.hpp"

namespace tributary::actors::aggregation {

using namespace tests;
using config::parameter_type;

namespace {

/// One cached part that sends the parameters `id`, `token` and `lang` as told.
struct cached_part {
  explicit cached_part(bool shared = false) {
    endpoint.name = "e";
    for (const auto* name : {"id", "token", "lang"}) {
      auto declared = parameter(name, parameter_type::string);
      declared.default_value = "-";
      endpoint.parameters.push_back(declared);
    }
    endpoint.parts = {part("customer")};
    endpoint.parts[0].path = "/c/{id}";
    endpoint.parts[0].cache.emplace().shared = shared;
  }

  std::string key(const std::vector<name_value>& query) const {
    const auto compiled = plan_of(endpoint);
    auto bound = bind_parameters(*compiled, query, {}, nullptr);
    REQUIRE(bound.errors.empty());
    std::string target;
    REQUIRE(append_target(compiled->parts[0], bound.values, target));
    std::vector<request_header> fields;
    append_headers(compiled->parts[0], bound.values, fields);
    std::vector<std::pair<std::string, std::string>> headers;
    for (auto& each : fields) headers.emplace_back(each.name, each.value);
    return part_key(*compiled, 0, bound.values, target, headers);
  }

  config::endpoint_settings endpoint;
};

}  // namespace

TEST_CASE("a part's key is its upstream, its target and the header fields of the call",
          "[aggregation][part_key]") {
  cached_part p;
  p.endpoint.parts[0].query = {{"lang", "{lang}"}};
  p.endpoint.parts[0].headers = {{"Accept-Language", "{lang}"}};
  CHECK(p.key({{"id", "a b"}, {"lang", "de"}}) == "customer /c/a%20b?lang=de\nAccept-Language: de");
}

TEST_CASE("credentials stand in no part's key as they came, and tell callers apart",
          "[aggregation][part_key]") {
  struct row {
    const char* what;
    void (*place)(config::part_settings&);
  };
  const row rows[] = {
      {"a header field",
       [](auto& p) {
         p.headers = {{"Authorization", "Bearer {token}"}};
       }},
      {"a header field of another name",
       [](auto& p) {
         p.headers = {{"X-Who", "{token}"}};
       }},
      {"the query",
       [](auto& p) {
         p.query = {{"q", "{token}"}};
       }},
      {"a query field by its own name",
       [](auto& p) {
         p.query = {{"api_key", "{token}"}};
       }},
      {"the path", [](auto& p) { p.path = "/c/{token}"; }},
  };
  for (const auto& each : rows) {
    CAPTURE(each.what);
    cached_part p;
    each.place(p.endpoint.parts[0]);
    const auto alice = p.key({{"token", "s3cr3t-of-alice"}});
    CHECK(alice.find("s3cr3t") == std::string::npos);
    CHECK(alice.find('~') != std::string::npos);
    CHECK(alice == p.key({{"token", "s3cr3t-of-alice"}}));
    CHECK(alice != p.key({{"token", "s3cr3t-of-bob"}}));
  }
}

TEST_CASE("a secret of the operator's is in no part's key either", "[aggregation][part_key]") {
  cached_part p;
  p.endpoint.parts[0].headers = {{"X-Api-Key", "k3y-of-the-house"}};
  CHECK(p.key({{"id", "1"}}).find("k3y") == std::string::npos);
}

TEST_CASE("answers that are the same for all are kept without the credentials of fields",
          "[aggregation][part_key]") {
  cached_part p{true};
  p.endpoint.parts[0].headers = {{"Authorization", "{token}"}, {"Accept-Language", "{lang}"}};
  CHECK(p.key({{"id", "1"}, {"token", "x"}, {"lang", "de"}}) ==
        "customer /c/1\nAccept-Language: de");
}

}  // namespace tributary::actors::aggregation
