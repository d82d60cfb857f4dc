// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_server.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::tests {

TEST_CASE("a thousand answers are the same bytes, whoever is first", "[determinism]") {
  auto options = providers::mock::mock_options::on_free_ports();
  REQUIRE_FALSE(options.apply_knob("all.jitter_ms=3"));
  providers::mock::mock_server mock{options};
  REQUIRE_FALSE(mock.start());
  const auto url = "http://127.0.0.1:" + std::to_string(mock.port("customer"));
  auto settings =
      local(shipped({{"CUSTOMER_URL", url}, {"MASTER_DATA_URL", url}, {"TRANSACTION_URL", url}}));
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.cache.reset(); });
  settings.sections.drop<config::market_settings>();
  running_gateway gateway{std::move(settings)};
  raw_client client{gateway->port()};
  const auto asked = running_gateway::request("GET", "/aggregated-data?customer_id=c77");
  std::string first;
  std::string tag;
  std::size_t alike = 0;
  for (int i = 0; i < 1'000; ++i) {
    client.send(asked);
    const auto raw = client.read_answer();
    if (i == 0) {
      first = body_of(raw);
      tag = header_of(raw, "ETag");
      CHECK(status_of(raw) == 200);
      CHECK(header_of(raw, "Aggregate-Complete") == "?1");
    }
    alike += body_of(raw) == first && header_of(raw, "ETag") == tag ? 1 : 0;
  }
  CHECK(alike == 1'000);
  CHECK(mock.requests("master") == 1'000);
}

}  // namespace tributary::tests
