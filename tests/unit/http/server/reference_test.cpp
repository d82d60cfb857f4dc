// SPDX-License-Identifier: MIT
#include "http/server/gateway/gateway.hpp"
#include "http/server/gateway/generations.hpp"
#include "http/server/router.hpp"
#include "support/gateway_fixture.hpp"
#include "support/generated.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace tributary::http::server {

using tests::check_section;
using tests::table_row;

namespace {

constexpr const char* page = "http/server/REFERENCE.md";

std::string routes_of(const generation& served) {
  auto text = table_row({"method", "path", "what"});
  text += table_row({"---", "---", "---"});
  for (const auto& each : served.routes->routes()) {
    INFO(each.path << " needs a summary in its route_options");
    CHECK_FALSE(each.options.summary.empty());
    text += table_row({to_string(each.method), "`" + each.path + "`", each.options.summary});
  }
  return text;
}

}  // namespace

TEST_CASE("the reference lists the routes of the shipped configuration as they are declared",
          "[generated]") {
  // The loops of market data ask their providers from the start.
  tests::stub_upstream provider;
  provider.always(tests::answer("{}", 503));
  const tests::temporary_folder folder;
  tests::running_gateway gateway{tests::local_with_jobs(
      tests::shipped({{"YFINANCE_URL", provider.url()}, {"COINGECKO_URL", provider.url()}}),
      folder)};
  check_section(page, "public routes", routes_of(*gateway->current().clients));
  check_section(page, "admin routes", routes_of(*gateway->current().operators));
}

TEST_CASE("the page of Redis' keys names all beginnings that are reserved, and no other",
          "[generated]") {
  const auto reserved = all_sections().key_prefixes();
  auto named = tests::first_cells("actors/store/REFERENCE.md", ':');
  // Streams have names of their own, without a colon; so have channels, which have one within.
  for (const auto& each : tests::first_cells("actors/store/REFERENCE.md", 'e')) {
    if (each.find(':') == each.npos) named.insert(each);
  }
  CHECK(named == std::set<std::string>(reserved.begin(), reserved.end()));
}

}  // namespace tributary::http::server
