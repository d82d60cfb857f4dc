// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_output.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
using namespace actors::market;
using namespace std::chrono_literals;
using nlohmann::json;
using pm::asset_class;

const system_time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 12h};

/// `count` shares, every other one of a fund.
std::shared_ptr<const asset_table> shares(std::size_t count) {
  std::vector<pm::asset> rows;
  for (std::size_t i = 0; i < count; ++i) {
    std::string symbol{"S"};
    symbol.append(std::to_string(1000 + i), 1);
    rows.push_back({symbol, i % 2 == 0 ? "Fund" : "Company", "stock", "NYSE", "USD"});
  }
  const asset_list list{std::make_shared<const std::vector<pm::asset>>(std::move(rows)), noon};
  return asset_table::merge(asset_class::stock, {&list, 1});
}

std::string text_of(const response& answer) {
  std::string result;
  for (const auto& each : answer.body) result += each.view();
  return result;
}

std::string field_of(const response& answer, const std::string& name) {
  const auto at = answer.headers.find(name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return answer.headers.substr(begin, answer.headers.find("\r\n", at) - begin);
}

struct asking {
  asking() {
    asked.path = "/v1/assets/stocks";
    input.kind = asset_class::stock;
  }
  response answer(const asset_table& table, system_time now = noon) const {
    return render_assets(asked, input, table, 24h, now);
  }

  request asked;
  assets_input input;
};

}  // namespace

TEST_CASE("a page has the declared members in their order") {
  asking all;
  const auto table = shares(2);
  const auto answer = all.answer(*table);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/json");
  CHECK(text_of(answer) ==
        R"({"asset_type":"stocks","total":2,"assets":[)"
        R"({"symbol":"S000","name":"Fund","type":"stock","exchange":"NYSE","currency":"USD"},)"
        R"({"symbol":"S001","name":"Company","type":"stock","exchange":"NYSE","currency":"USD"})"
        R"(],"next_cursor":null,"as_of":"2026-11-21T12:00:00Z"})");
  CHECK(field_of(answer, "Link").empty());
}

TEST_CASE("a page without search is sent from the table itself") {
  asking some;
  some.input.limit = 10;
  some.input.after = "S003";
  const auto table = shares(50);
  const auto answer = some.answer(*table);
  REQUIRE(answer.body.size() == 3);
  CHECK(answer.body[1].data() == table->json_rows(4, 14).data());
  CHECK(answer.body[1].size() == table->json_rows(4, 14).size());
  CHECK(answer.body[1].owner().data() == table->json().data());
}

TEST_CASE("all pages follow each other by their cursors, and links say the same") {
  const auto table = shares(101);
  for (const std::string query : {"", "fund", "s0", "S"}) {
    std::set<std::string> seen;
    asking page;
    page.input.limit = 7;
    page.input.query = query;
    std::size_t total = 0;
    for (auto more = true; more;) {
      const auto answer = page.answer(*table);
      const auto body = json::parse(text_of(answer));
      total = body["total"];
      CHECK(body["assets"].size() <= 7);
      for (const auto& each : body["assets"]) CHECK(seen.insert(each["symbol"]).second);
      more = !body["next_cursor"].is_null();
      if (!more) {
        CHECK(field_of(answer, "Link").empty());
        break;
      }
      const std::string cursor = body["next_cursor"];
      const auto search = query.empty() ? std::string{} : "&q=" + query;
      const auto target = "limit=7" + search + "&cursor=" + cursor;
      CHECK(field_of(answer, "Link") == "</v1/assets/stocks?" + target + ">; rel=\"next\"");
      page.asked.query = target;
      page.asked.path_parameters.assign({{"asset_type", "stocks"}});
      const auto next = read_assets_input(page.asked);
      REQUIRE(next.errors.empty());
      CHECK(next.query == query);
      CHECK(next.limit == 7);
      page.input.after = next.after;
      page.asked.query = {};
    }
    CHECK(seen.size() == total);
    CHECK(total == (query == "fund" ? 51 : query == "s0" ? 100 : 101));
  }
}

TEST_CASE("a search that finds rows apart from each other is valid JSON too") {
  const auto table = shares(100);
  for (const std::size_t limit : {1U, 2U, 8U, 9U, 50U, 100U}) {
    asking page;
    page.input.query = "company";
    page.input.limit = limit;
    const auto answer = page.answer(*table);
    CHECK(answer.body.size() <= 17);
    const auto body = json::parse(text_of(answer));
    CHECK(body["total"] == 50);
    CHECK(body["assets"].size() == std::min<std::size_t>(limit, 50));
    CHECK(body["assets"][0]["symbol"] == "S001");
  }
}

TEST_CASE("a search that finds nothing is answered with no rows") {
  asking page;
  page.input.query = "nothing";
  const auto answer = page.answer(*shares(3));
  CHECK(answer.status == 200);
  CHECK(text_of(answer) == R"({"asset_type":"stocks","total":0,"assets":[],"next_cursor":null,)"
                           R"("as_of":"2026-11-21T12:00:00Z"})");
}

TEST_CASE("an unusual search is escaped in the link") {
  asking page;
  page.input.query = "\"> \xc3\xa9&#";
  page.input.limit = 1;
  std::vector<pm::asset> rows{{"A", "x\"> \xc3\xa9&#", "", "", ""},
                              {"B", "\"> \xc3\xa9&#y", "", "", ""}};
  const asset_list list{std::make_shared<const std::vector<pm::asset>>(std::move(rows)), noon};
  const auto link =
      field_of(page.answer(*asset_table::merge(asset_class::stock, {&list, 1})), "Link");
  CHECK(link.starts_with("</v1/assets/stocks?limit=1&q=%22%3E%20%C3%A9%26%23&cursor="));
}

TEST_CASE("an answer tells how old the list is and how long it holds") {
  asking page;
  const auto table = shares(3);
  struct row {
    std::chrono::seconds later;
    const char* age;
    const char* cache_control;
    const char* cache_status;
  };
  for (const auto& each : {row{0s, "0", "max-age=60", "tributary; hit; ttl=86400"},
                           row{3600s, "3600", "max-age=3660", "tributary; hit; ttl=82800"},
                           row{90'000s, "90000", "max-age=90060", "tributary; hit; ttl=-3600"},
                           row{-5s, "0", "max-age=60", "tributary; hit; ttl=86400"}}) {
    const auto answer = page.answer(*table, noon + each.later + 900ms);
    CHECK(field_of(answer, "Age") == each.age);
    CHECK(field_of(answer, "Cache-Control") == each.cache_control);
    CHECK(field_of(answer, "Cache-Status") == each.cache_status);
  }
}

TEST_CASE("each page of each table has a tag of its own, the same each time") {
  std::set<std::string> tags;
  const auto small = shares(20);
  const auto large = shares(21);
  std::size_t asked = 0;
  for (const auto& table : {small, large}) {
    for (const std::size_t limit : {1U, 5U, 1000U}) {
      for (const std::string query : {"", "fund", "S00"}) {
        for (const std::string after : {"", "S00", "S004"}) {
          asking page;
          page.input.limit = limit;
          page.input.query = query;
          page.input.after = after;
          const auto tag = field_of(page.answer(*table), "ETag");
          CHECK(tag == field_of(page.answer(*table, noon + 1h), "ETag"));
          CHECK(tag.starts_with('"'));
          tags.insert(tag);
          ++asked;
        }
      }
    }
  }
  CHECK(tags.size() == asked);
}

TEST_CASE("a client that has the page is told so") {
  const auto table = shares(5);
  asking page;
  const auto tag = field_of(page.answer(*table), "ETag");
  struct row {
    std::vector<std::string> fields;
    int status;
  };
  for (const auto& each :
       {row{{tag}, 304}, row{{"W/" + tag}, 304}, row{{"*"}, 304}, row{{"\"a\", " + tag}, 304},
        row{{"\"a\"", tag}, 304}, row{{"\"a\""}, 200}, row{{""}, 200}, row{{tag.substr(1)}, 200}}) {
    asking again;
    for (const auto& value : each.fields) again.asked.headers.push_back({"if-none-match", value});
    const auto answer = again.answer(*table, noon + 10s);
    INFO(each.fields.front());
    CHECK(answer.status == each.status);
    CHECK(field_of(answer, "ETag") == tag);
    CHECK(field_of(answer, "Age") == "10");
    CHECK(field_of(answer, "Cache-Control") == "max-age=70");
    if (each.status == 304) CHECK(answer.body_size() == 0);
  }
}

TEST_CASE("errors are problems that say what to do") {
  request asked;
  assets_input input;
  const auto unknown = unknown_asset_type(asked);
  CHECK(unknown.status == 404);
  CHECK(unknown.content_type == "application/problem+json");
  for (const auto* name : {"stocks", "crypto", "forex"}) {
    CHECK(json::parse(text_of(unknown))["detail"].get<std::string>().find(name) !=
          std::string::npos);
  }

  input.kind = asset_class::crypto;
  const auto missing = assets_not_fetched(asked, input);
  CHECK(missing.status == 503);
  CHECK(field_of(missing, "Retry-After") == "5");
  CHECK(json::parse(text_of(missing))["error"]["retry_after"] == 5);
  CHECK(json::parse(text_of(missing))["detail"].get<std::string>().find("crypto") !=
        std::string::npos);

  input.errors.push_back({"limit is wrong", "limit"});
  const auto refused = refuse_assets(asked, input);
  CHECK(refused.status == 400);
  CHECK(json::parse(text_of(refused))["detail"] == "limit is wrong");
  CHECK(json::parse(text_of(refused))["error"]["code"] == "INVALID_PARAMETER");
  CHECK(json::parse(text_of(refused))["errors"] ==
        json::parse(R"([{"detail":"limit is wrong","parameter":"limit"}])"));
}

}  // namespace tributary::tests
