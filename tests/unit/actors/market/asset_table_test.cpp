// SPDX-License-Identifier: MIT
#include "actors/market/asset_table.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include "support.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace actors::market;
using namespace std::chrono_literals;
using pm::asset;
using pm::asset_class;

asset_list list_of(std::vector<asset> rows, system_time fetched = noon) {
  return {std::make_shared<const std::vector<asset>>(std::move(rows)), fetched};
}

std::shared_ptr<const asset_table> stocks(std::vector<asset_list> lists) {
  return asset_table::merge(asset_class::stock, lists);
}

std::vector<std::string> listed_symbols(const asset_table& table) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < table.size(); ++i) result.emplace_back(table.symbol(i));
  return result;
}

std::vector<std::string> listed_symbols(const asset_table& table, const asset_table::page& page) {
  std::vector<std::string> result;
  for (const auto& run : page.rows) {
    for (auto i = run.first; i < run.last; ++i) result.emplace_back(table.symbol(i));
  }
  return result;
}

using names = std::vector<std::string>;

std::shared_ptr<const asset_table> companies() {
  return stocks({list_of({{"MSFT", "Microsoft Corporation", "stock", "NASDAQ", "USD"},
                          {"AAPL", "Apple Inc.", "stock", "NASDAQ", "USD"},
                          {"APLE", "Apple Hospitality REIT", "stock", "NYSE", "USD"},
                          {"NESN.SW", "NESTLÉ S.A.", "stock", "SIX", "CHF"},
                          {"MS", "Morgan Stanley", "stock", "NYSE", "USD"},
                          {"PINE", "Alpine Income", "stock", "NYSE", "USD"},
                          {"A", "Agilent", "stock", "NYSE", "USD"},
                          {"BRK.B", "", "stock", "NYSE", "USD"}})});
}

}  // namespace

TEST_CASE("rows are in the byte order of their symbols, each once") {
  const auto table = stocks({list_of({{"MSFT", "", "", "", ""},
                                      {"brk.b", "", "", "", ""},
                                      {"BRK-A", "", "", "", ""},
                                      {"AAPL", "", "", "", ""},
                                      {"aapl", "", "", "", ""}})});
  REQUIRE(table != nullptr);
  CHECK(listed_symbols(*table) == names{"AAPL", "BRK-A", "BRK.B", "MSFT"});
}

TEST_CASE("the first list has the word, and later ones fill what it left empty") {
  const auto table =
      stocks({list_of({{"AAPL", "Apple", "", "", "USD"}}),
              list_of({{"AAPL", "Apple Inc.", "stock", "", "EUR"}, {"IBM", "IBM", "", "", ""}}),
              list_of({{"AAPL", "other", "fund", "NASDAQ", "GBP"}})});
  REQUIRE(table != nullptr);
  CHECK(table->json_rows(0, 2) ==
        R"({"symbol":"AAPL","name":"Apple","type":"stock","exchange":"NASDAQ","currency":"USD"},)"
        R"({"symbol":"IBM","name":"IBM","type":null,"exchange":null,"currency":null})");
}

TEST_CASE("rows of another class and what is no symbol are left out") {
  const std::vector<asset_list> lists{list_of({{"BTC-USD", "Bitcoin", "crypto", "", "USD"},
                                               {"EUR/USD", "Euro", "forex", "", "USD"},
                                               {"AAPL", "Apple", "stock", "", "USD"},
                                               {"", "nothing", "", "", ""},
                                               {"A B", "a space", "", "", ""}})};
  for (const auto& [kind, symbol] : {std::pair{asset_class::stock, "AAPL"},
                                     {asset_class::crypto, "BTC-USD"},
                                     {asset_class::forex, "EUR/USD"}}) {
    const auto table = asset_table::merge(kind, lists);
    REQUIRE(table != nullptr);
    CHECK(table->kind() == kind);
    CHECK(listed_symbols(*table) == names{symbol});
  }
}

TEST_CASE("a table without rows does not exist") {
  CHECK(stocks({}) == nullptr);
  CHECK(stocks({list_of({})}) == nullptr);
  CHECK(stocks({list_of({{"BTC-USD", "", "", "", ""}})}) == nullptr);
}

TEST_CASE("a table is as old as the oldest list in it") {
  const auto table =
      stocks({list_of({{"AAPL", "", "", "", ""}}, noon + 1500ms),
              list_of({{"IBM", "", "", "", ""}}, noon - 10s + 200ms), list_of({}, noon - 24h)});
  CHECK(table->as_of() == noon - 10s);
  CHECK(table->as_of_text() == "2026-11-21T11:59:50Z");
}

TEST_CASE("the fingerprint tells content and age apart, and nothing else") {
  const auto first = stocks({list_of({{"AAPL", "Apple", "", "", ""}, {"IBM", "", "", "", ""}})});
  const auto same =
      stocks({list_of({{"IBM", "", "", "", ""}}), list_of({{"AAPL", "Apple", "", "", ""}})});
  const auto other = stocks({list_of({{"AAPL", "Apples", "", "", ""}, {"IBM", "", "", "", ""}})});
  const auto later =
      stocks({list_of({{"AAPL", "Apple", "", "", ""}, {"IBM", "", "", "", ""}}, noon + 1s)});
  CHECK(first->fingerprint().size() == 32);
  CHECK(first->fingerprint() == same->fingerprint());
  CHECK(first->fingerprint() != other->fingerprint());
  CHECK(first->fingerprint() != later->fingerprint());
}

TEST_CASE("all rows together are valid JSON whatever providers write in names") {
  const auto table = stocks({list_of({{"AAPL", "a \"quoted\"\n\\name\x01", "", "", ""},
                                      {"IBM", std::string{"zero\0byte", 9}, "", "", ""},
                                      {"MSFT", "broken \xff utf-8", "", "", ""}})});
  const auto read = nlohmann::json::parse("[" + std::string{table->json().view()} + "]");
  REQUIRE(read.size() == 3);
  CHECK(read[0]["name"] == "a \"quoted\"\n\\name\x01");
  CHECK(read[1]["name"] == std::string("zero\0byte", 9));
}

TEST_CASE("a search finds symbols by their beginning and names by any part") {
  struct row {
    const char* query;
    names found;
  };
  const std::vector<row> rows{
      {"", {"A", "AAPL", "APLE", "BRK.B", "MS", "MSFT", "NESN.SW", "PINE"}},
      {"AAPL", {"AAPL"}},
      {"aap", {"AAPL"}},
      {"apple", {"AAPL", "APLE"}},
      {"APPLE", {"AAPL", "APLE"}},
      {"ms", {"MS", "MSFT"}},
      {"a", {"A", "AAPL", "APLE", "MS", "MSFT", "NESN.SW", "PINE"}},
      {"brk.", {"BRK.B"}},
      {"brk-b", {}},
      {"inc", {"AAPL", "PINE"}},
      {"pine", {"PINE"}},
      {"nestlé", {"NESN.SW"}},
      {"NESTLÉ", {"NESN.SW"}},
      {"PL", {"AAPL", "APLE"}},
      {"inc.", {"AAPL"}},
      {"zzz", {}},
      {"Apple Inc.Microsoft", {}},
      {"AAPLE", {}},
  };
  const auto table = companies();
  for (const auto& each : rows) {
    INFO(each.query);
    const auto page = table->find(each.query, "", 100);
    CHECK(listed_symbols(*table, page) == each.found);
    CHECK(page.total == each.found.size());
    CHECK(page.count == each.found.size());
    CHECK(page.next.empty());
  }
}

TEST_CASE("pages of any size make up what is found, without gap or repetition") {
  const auto table = companies();
  for (const auto* query : {"", "a", "apple", "s"}) {
    const auto all = listed_symbols(*table, table->find(query, "", 100));
    for (std::size_t limit = 1; limit <= all.size() + 1; ++limit) {
      INFO(query << " by " << limit);
      names together;
      std::string after;
      for (auto more = true; more;) {
        const auto page = table->find(query, after, limit);
        CHECK(page.total == all.size());
        CHECK(page.count <= limit);
        const auto symbols = listed_symbols(*table, page);
        CHECK(symbols.size() == page.count);
        together.insert(together.end(), symbols.begin(), symbols.end());
        after = page.next;
        more = !after.empty();
        if (more) CHECK(after == symbols.back());
        REQUIRE(together.size() <= all.size());
      }
      CHECK(together == all);
    }
  }
}

TEST_CASE("a page begins behind a symbol that is no longer listed") {
  const auto table = companies();
  CHECK(listed_symbols(*table, table->find("", "MA", 2)) == names{"MS", "MSFT"});
  CHECK(listed_symbols(*table, table->find("", "ZZZ", 2)).empty());
  CHECK(table->find("", "ZZZ", 2).total == 8);
}

TEST_CASE("a page without search is one stretch of the rendered rows") {
  const auto table = companies();
  const auto page = table->find("", "A", 3);
  REQUIRE(page.rows.size() == 1);
  const auto text = table->json_rows(page.rows[0].first, page.rows[0].last);
  CHECK(text.data() >= table->json().data());
  CHECK(text.data() + text.size() <= table->json().data() + table->json().size());
  const auto read = nlohmann::json::parse("[" + std::string{text} + "]");
  REQUIRE(read.size() == 3);
  CHECK(read[2]["symbol"] == "BRK.B");
  CHECK(read[2]["name"].is_null());
}

TEST_CASE("a search in a large table agrees with one that looks at each row") {
  std::vector<asset> rows;
  for (auto i = 0; i < 3'000; ++i) {
    const auto number = std::to_string(i * 7919 % 10'007);
    rows.push_back({"T" + number, "Company " + std::to_string(i) + (i % 3 == 0 ? " Fund" : ""),
                    "stock", "", "USD"});
  }
  const auto table = stocks({list_of(rows)});
  for (const std::string query : {"t1", "fund", "9 f", "99", "company 2", "T", "y"}) {
    const auto lower = fold_case(query);
    names expected;
    for (const auto& each : rows) {
      const auto symbol = fold_case(each.symbol);
      if (symbol.starts_with(lower) || fold_case(each.name).find(lower) != std::string::npos) {
        expected.push_back(each.symbol);
      }
    }
    std::ranges::sort(expected);
    INFO(query);
    CHECK(listed_symbols(*table, table->find(query, "", rows.size())) == expected);
  }
}

}  // namespace tributary::tests
