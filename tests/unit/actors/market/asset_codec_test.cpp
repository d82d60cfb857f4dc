// SPDX-License-Identifier: MIT
#include "actors/market/asset_codec.hpp"

#include <catch2/catch.hpp>
#include "support.hpp"

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace actors::market;
using namespace std::chrono_literals;
using pm::asset_class;

}  // namespace

TEST_CASE("a list read back from Redis makes the same table") {
  const asset_list list{
      std::make_shared<const std::vector<pm::asset>>(std::vector<pm::asset>{
          {"AAPL", "Apple \"Inc.\" \xc3\xa9", "stock", "NASDAQ", "USD"}, {"IBM", "", "", "", ""}}),
      noon};
  const auto table = asset_table::merge(asset_class::stock, {&list, 1});
  const auto read = read_assets(asset_class::stock, write_assets(*table));
  REQUIRE(read);
  CHECK(read->fetched == noon);
  CHECK(*read->rows == *list.rows);
  CHECK(asset_table::merge(asset_class::stock, {&*read, 1})->fingerprint() == table->fingerprint());
  CHECK(asset_key(asset_class::stock) == "assets:stocks");
  CHECK(asset_key(asset_class::crypto) == "assets:crypto");
  CHECK(asset_key(asset_class::forex) == "assets:forex");
}

TEST_CASE("what is no list of that class is not read") {
  for (const std::string text : {
           R"()",
           R"([])",
           R"(null)",
           R"({"asset_type":"stocks","as_of":"2026-11-21T12:00:00Z","assets":[]})",
           R"({"asset_type":"crypto","as_of":"2026-11-21T12:00:00Z","assets":[{"symbol":"A"}]})",
           R"({"asset_type":"stocks","as_of":"yesterday","assets":[{"symbol":"A"}]})",
           R"({"asset_type":"stocks","as_of":"9999-11-21T12:00:00Z","assets":[{"symbol":"A"}]})",
           R"({"asset_type":"stocks","as_of":"1066-11-21T12:00:00Z","assets":[{"symbol":"A"}]})",
           R"({"asset_type":"stocks","as_of":"2026-11-21T12:00:00Z","assets":[1]})",
           R"({"asset_type":"stocks","as_of":"2026-11-21T12:00:00Z","assets":[{"name":"A"}]})",
           R"({"asset_type":"stocks","as_of":"2026-11-21T12:00:00Z","assets":{}})",
           R"({"asset_type":"stocks","as_of":"2026-11-21T12:00:00Z","assets":[{"symbol":"A"}])",
       }) {
    INFO(text);
    CHECK_FALSE(read_assets(asset_class::stock, text));
  }
}

}  // namespace tributary::tests
