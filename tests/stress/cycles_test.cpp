// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>

namespace tributary::tests {

namespace {

int cycles() {
  const char* text = std::getenv("TRIBUTARY_CYCLES");
  return text == nullptr ? 1'000 : std::atoi(text);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                       std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("the whole system starts, answers and stops again and again", "[cycles]") {
  three_services services;
  const auto cycle = [&] {
    running_gateway gateway{services.settings()};
    const auto raw = gateway.get("/aggregated-data?customer_id=c1");
    if (body_of(raw) != three_services::complete_body) FAIL(raw);
  };
  cycle();
  const auto before = open_descriptors();
  const int count = cycles();
  for (int i = 0; i < count; ++i) cycle();
  // The stubs close their side of a connection a moment later than we do.
  CHECK(eventually([&] { return open_descriptors() <= before; }));
}

}  // namespace tributary::tests
