// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_input.hpp"

#include "http/server/handlers/market/assets_cursor.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
using providers::market::asset_class;

assets_input read(std::string_view type, std::string_view query) {
  request asked;
  asked.path_parameters.push_back({"asset_type", type});
  asked.query = query;
  return read_assets_input(asked);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("the three types of assets are known by their names") {
  struct row {
    const char* segment;
    std::optional<asset_class> kind;
  };
  for (const auto& each :
       {row{"stocks", asset_class::stock}, row{"crypto", asset_class::crypto},
        row{"forex", asset_class::forex}, row{"%73tocks", asset_class::stock}, row{"stock", {}},
        row{"Stocks", {}}, row{"", {}}, row{"bonds", {}}, row{"stocks%00", {}}}) {
    INFO(each.segment);
    CHECK(read(each.segment, "").kind == each.kind);
  }
}

TEST_CASE("parameters are read as they are meant") {
  struct row {
    std::string given;
    std::size_t limit;
    std::string query;
  };
  const std::vector<row> rows{
      {"", 1000, ""},
      {"limit=1", 1, ""},
      {"limit=0010", 10, ""},
      {"limit=%31%30", 10, ""},
      {"limit=5000", 5000, ""},
      {"limit=5001", 5000, ""},
      {"limit=99999999999999999999999999", 5000, ""},
      {"q=apple", 1000, "apple"},
      {"q=a%20b%26c", 1000, "a b&c"},
      {"q=a+b+%26", 1000, "a b &"},  // as forms and URLSearchParams write it
      {"q=a%2Bb", 1000, "a+b"},
      {"%71=x", 1000, "x"},
      {"q=%C3%A9", 1000, "\xc3\xa9"},
      {"q=" + repeated("%C3%A9", 64), 1000, repeated("\xc3\xa9", 64)},
      {"other=1&other=2&limit=3&x", 3, ""},
      {"Q=apple&LIMIT=0", 1000, ""},
  };
  for (const auto& each : rows) {
    INFO(each.given);
    const auto input = read("stocks", each.given);
    CHECK(input.errors.empty());
    CHECK(input.limit == each.limit);
    CHECK(input.query == each.query);
    CHECK(input.after.empty());
  }
}

TEST_CASE("what is wrong with parameters is named, all at once") {
  struct row {
    std::string given;
    std::vector<std::string> parameters;
  };
  const auto foreign = write_assets_cursor({"crypto", "", "BTC-USD"});
  const auto searched = write_assets_cursor({"stocks", "apple", "AAPL"});
  const std::vector<row> rows{
      {"limit=", {"limit"}},
      {"limit", {"limit"}},
      {"limit=0", {"limit"}},
      {"limit=000", {"limit"}},
      {"limit=-1", {"limit"}},
      {"limit=%2B1", {"limit"}},
      {"limit=+1", {"limit"}},
      {"limit=1.5", {"limit"}},
      {"limit=1e3", {"limit"}},
      {"limit=ten", {"limit"}},
      {"limit=%201", {"limit"}},
      {"limit=1%00", {"limit"}},
      {"limit=1&limit=1", {"limit"}},
      {"q=", {"q"}},
      {"q", {"q"}},
      {"q=%FF", {"q"}},
      {"q=a%00b", {"q"}},
      {"q=a%09b", {"q"}},
      {"q=a%0Ab", {"q"}},
      {"q=" + std::string(65, 'a'), {"q"}},
      {"q=" + repeated("%C3%A9", 65), {"q"}},
      {"q=a&q=b", {"q"}},
      {"cursor=", {"cursor"}},
      {"cursor=abc", {"cursor"}},
      {"cursor=" + foreign, {"cursor"}},
      {"cursor=" + searched, {"cursor"}},
      {"q=appl&cursor=" + searched, {"cursor"}},
      {"limit=0&q=&cursor=abc", {"limit", "q"}},
      {"limit=0&cursor=abc", {"limit", "cursor"}},
  };
  for (const auto& each : rows) {
    INFO(each.given);
    std::vector<std::string> named;
    for (const auto& error : read("stocks", each.given).errors) {
      named.emplace_back(error.parameter);
      CHECK(error.detail.starts_with(error.parameter));
    }
    CHECK(named == each.parameters);
  }
}

TEST_CASE("a cursor of this list and search says where to begin") {
  CHECK(read("stocks", "cursor=" + write_assets_cursor({"stocks", "", "AAPL"})).after == "AAPL");
  const auto searched = write_assets_cursor({"forex", "eur", "EUR/USD"});
  CHECK(read("forex", "limit=2&q=EUR&cursor=" + searched).after == "EUR/USD");
}

}  // namespace tributary::tests
