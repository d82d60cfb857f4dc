// SPDX-License-Identifier: MIT
#include "actors/supervision/failure_log.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::supervision {

TEST_CASE("a child keeps its last 32 failures, oldest first", "[supervision]") {
  child_failures ring;
  CHECK(ring.snapshot().empty());
  for (unsigned i = 0; i < 100; ++i) {
    failure_record record;
    record.incarnation = i;
    ring.add(std::move(record));
  }
  const auto records = ring.snapshot();
  REQUIRE(records.size() == 32);
  for (unsigned i = 0; i < 32; ++i) CHECK(records[i].incarnation == 68 + i);
  CHECK(ring.total() == 100);
}

}  // namespace tributary::actors::supervision
