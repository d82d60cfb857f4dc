// SPDX-License-Identifier: MIT
#include "readers.hpp"

#include "http/wire/target.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace tributary::tests {

namespace {

using nlohmann::json;
using namespace std::chrono;

const std::string fixture_folder = std::string{TRIBUTARY_SOURCE_DIR} + "/tests/fixtures/market/";

std::string contents(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  INFO(path);
  REQUIRE(in);
  std::ostringstream result;
  result << in.rdbuf();
  return result.str();
}

/// A member; null where there is none, as rows may leave out what is null.
const json& member(const json& object, const char* name) {
  static const json none;
  const auto at = object.find(name);
  return at == object.end() ? none : *at;
}

std::map<std::string, std::string> texts_of(const json& object) {
  if (object.is_null()) return {};
  return object.get<std::map<std::string, std::string>>();
}

/// `<now + 23>` in seconds since 1970, and `<now + 40 s, as YYYY-MM-DD hh:mm:ss +0000>`.
std::string with_times(const std::string& value) {
  static const std::regex relative{R"(<now \+ (\d+)(.*)>)"};
  std::smatch found;
  if (!std::regex_match(value, found, relative)) return value;
  const auto then = now + seconds{std::stoi(found[1])};
  if (found[2].length() == 0) return std::to_string(then.time_since_epoch().count());
  const auto day = floor<days>(then);
  const year_month_day date{day};
  const hh_mm_ss time{then - day};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d +0000",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

std::string header_block_of(const json& headers) {
  std::string result;
  for (auto& [name, value] : headers.items()) {
    result += name + ": " + with_times(value.get<std::string>()) + "\r\n";
  }
  return result;
}

std::map<std::string, std::string> decoded_query(std::string_view query) {
  std::map<std::string, std::string> result;
  while (auto item = http::wire::next_query_item(query)) {
    std::string value;
    REQUIRE(http::wire::percent_decode(item->value, value));
    result[std::string{item->name}] = value;
  }
  return result;
}

void check_header(const wire_request& request, const std::string& name, const std::string& wanted) {
  const auto got = header_of(request, name);
  INFO(name);
  if (name == "User-Agent") {
    CHECK_FALSE(got.empty());
    // One row has a request that is refused for its user agent, which ours must not be.
    const bool browser = wanted.starts_with("Mozilla/5.0") || wanted == "curl/8";
    CHECK(got.starts_with("Mozilla/5.0") == browser);
  } else if (wanted == "<key>") {
    CHECK(got == fixture_key);
  } else if (wanted.ends_with("=<from handshake>")) {
    CHECK(got.starts_with(wanted.substr(0, wanted.find('<'))));
  } else {
    CHECK(got == wanted);
  }
}

/// Rows of a page, which are ours to choose.
bool is_page_size(std::string_view name) { return name == "limit" || name == "per_page"; }

void check_request(const json& wanted, const wire_request& request) {
  INFO(request.target);
  const auto parts = http::wire::parse_origin_form(request.target);
  REQUIRE(parts);
  std::string path;
  REQUIRE(http::wire::percent_decode(parts->path, path));
  CHECK(path == member(wanted, "path").get<std::string>());
  const auto query = decoded_query(parts->query);
  for (auto& [name, value] : texts_of(member(wanted, "query"))) {
    INFO(name);
    REQUIRE(query.contains(name));
    if (is_page_size(name)) continue;
    CHECK(query.at(name) == (value == "<key>" ? std::string{fixture_key} : value));
  }
  for (auto& [name, value] : texts_of(member(wanted, "headers"))) {
    check_header(request, name, value);
  }
}

void check_number(const json& wanted, const std::optional<number>& got) {
  REQUIRE(got.has_value() == !wanted.is_null());
  if (!got) return;
  CHECK(std::abs(got->value - wanted.get<double>()) <= 1e-6 * std::abs(wanted.get<double>()));
  CHECK(json::parse(got->text).get<double>() == got->value);
}

void check_time(const json& wanted, const quote& got) {
  REQUIRE(got.timestamp.has_value() == !wanted.is_null());
  if (!got.timestamp) return;
  const auto then = floor<seconds>(*got.timestamp);
  const auto day = floor<days>(then);
  const year_month_day date{day};
  const hh_mm_ss time{then - day};
  std::ostringstream text;
  text.fill('0');
  text << static_cast<int>(date.year()) << '-';
  text.width(2);
  text << static_cast<unsigned>(date.month()) << '-';
  text.width(2);
  text << static_cast<unsigned>(date.day()) << 'T';
  text.width(2);
  text << time.hours().count() << ':';
  text.width(2);
  text << time.minutes().count() << ':';
  text.width(2);
  text << time.seconds().count() << 'Z';
  CHECK(text.str() == wanted.get<std::string>());
}

void check_quotes(const json& wanted, const std::vector<quote>& got) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t at = 0; at < got.size(); ++at) {
    INFO(wanted[at].dump());
    CHECK(got[at].symbol == member(wanted[at], "symbol").get<std::string>());
    CHECK(json(std::string{got[at].source}) == member(wanted[at], "source"));
    check_number(member(wanted[at], "price"), got[at].price);
    check_number(member(wanted[at], "change"), got[at].change);
    check_number(member(wanted[at], "percent_change"), got[at].percent_change);
    check_time(member(wanted[at], "timestamp"), got[at]);
  }
}

void check_errors(const json& wanted, const std::vector<failure>& got) {
  for (auto& one : got) UNSCOPED_INFO(to_string(one.kind) << ' ' << one.symbol << one.detail);
  REQUIRE(got.size() == wanted.size());
  for (std::size_t at = 0; at < got.size(); ++at) {
    INFO(wanted[at].dump() << ' ' << got[at].detail);
    CHECK(json(std::string{to_string(got[at].kind)}) == member(wanted[at], "kind"));
    if (wanted[at].contains("symbol")) {
      CHECK(got[at].symbol == wanted[at]["symbol"].get<std::string>());
    }
    if (wanted[at].contains("retry_after")) {
      auto& wait = wanted[at]["retry_after"];
      CHECK(wait_of(got[at]) == (wait.is_null() ? -1 : wait.get<double>()));
    }
  }
}

constexpr const char* asset_members[] = {"symbol", "name", "type", "exchange", "currency"};

json as_json(const asset& from) {
  const std::string* const texts[] = {&from.symbol, &from.name, &from.type, &from.exchange,
                                      &from.currency};
  auto result = json::object();
  for (std::size_t at = 0; at < std::size(texts); ++at) {
    result[asset_members[at]] = texts[at]->empty() ? json() : json(*texts[at]);
  }
  return result;
}

void check_assets(const json& wanted, const std::vector<asset>& got) {
  auto assets = json::array();
  for (auto& one : got) assets.push_back(as_json(one));
  auto complete = json::array();
  for (auto& one : wanted) {
    auto& last = complete.emplace_back(json::object());
    for (const auto* name : asset_members) last[name] = member(one, name);
  }
  CHECK(assets == complete);
}

/// The answer's body: a file beside the manifest, or in the row itself as text or as JSON.
std::string body_of(const json& row) {
  const auto& body = member(row, "body");
  if (body.is_null()) {
    return contents(fixture_folder + "fixtures/" + row.at("file").get<std::string>());
  }
  return body.is_string() ? body.get<std::string>() : body.dump();
}

void try_row(const json& row) {
  const auto body = body_of(row);
  const auto headers = header_block_of(member(row, "headers"));
  const auto& wanted = row.at("expected");
  const auto& request = row.at("request");
  fixture_call call;
  call.path = request.at("path");
  call.query = texts_of(member(request, "query"));
  call.headers = texts_of(member(request, "headers"));
  for (auto& text : member(row, "asked")) call.asked.push_back(sym(text.get<std::string>()));
  call.ids = texts_of(member(row, "ids"));
  call.answer = {row.at("status"), headers, body, now};
  // Whoever asked for no symbol asked for a list.
  call.wants_assets = wanted.contains("assets") || call.asked.empty();
  const auto got = reader_of(row.at("provider").get<std::string>())(call);
  check_request(request, got.request);
  auto errors = got.quotes.errors;
  if (got.assets.error) errors.push_back(*got.assets.error);
  check_errors(member(wanted, "errors"), errors);
  check_quotes(member(wanted, "quotes"), got.quotes.quotes);
  check_assets(member(wanted, "assets"), got.assets.assets);
}

void try_rows(const char* file, std::size_t least) {
  const auto rows = json::parse(contents(fixture_folder + file));
  REQUIRE(rows.size() >= least);
  for (auto& row : rows) {
    DYNAMIC_SECTION(row.at("id").get<std::string>()) { try_row(row); }
  }
}

}  // namespace

TEST_CASE("Every answer of the manifest is read as it says", "[market]") {
  try_rows("manifest.json", 30);
}

TEST_CASE("Every answer of our own rows is read as they say", "[market]") {
  try_rows("more.json", 30);
}

}  // namespace tributary::tests
