// SPDX-License-Identifier: MIT
#include "readers.hpp"

#include "http/wire/target.hpp"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace tributary::providers::market::tests {

namespace {

using nlohmann::json;
using namespace std::chrono;

const std::string folder = std::string{TRIBUTARY_SOURCE_DIR} + "/tests/fixtures/market/";

std::string contents(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  INFO(path);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
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
  std::string out;
  for (auto& [name, value] : headers.items())
    out += name + ": " + with_times(value.get<std::string>()) + "\r\n";
  return out;
}

std::map<std::string, std::string> decoded_query(std::string_view query) {
  std::map<std::string, std::string> out;
  while (auto item = http::wire::next_query_item(query)) {
    std::string value;
    REQUIRE(http::wire::percent_decode(item->value, value));
    out[std::string{item->name}] = value;
  }
  return out;
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

void check_request(const json& wanted, const wire_request& request) {
  INFO(request.target);
  const auto parts = http::wire::parse_origin_form(request.target);
  REQUIRE(parts);
  std::string path;
  REQUIRE(http::wire::percent_decode(parts->path, path));
  CHECK(path == wanted["path"]);
  const auto query = decoded_query(parts->query);
  for (auto& [name, value] : wanted["query"].items()) {
    INFO(name);
    REQUIRE(query.contains(name));
    CHECK(query.at(name) ==
          (value == "<key>" ? std::string{fixture_key} : value.get<std::string>()));
  }
  for (auto& [name, value] : wanted["headers"].items()) check_header(request, name, value);
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
  CHECK(text.str() == wanted);
}

void check_quotes(const json& wanted, const std::vector<quote>& got) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t at = 0; at < got.size(); ++at) {
    INFO(wanted[at].dump());
    CHECK(got[at].symbol == wanted[at]["symbol"]);
    CHECK(got[at].source == wanted[at]["source"].get<std::string>());
    check_number(wanted[at]["price"], got[at].price);
    check_number(wanted[at]["change"], got[at].change);
    check_number(wanted[at]["percent_change"], got[at].percent_change);
    check_time(wanted[at]["timestamp"], got[at]);
  }
}

void check_errors(const json& wanted, const std::vector<failure>& got) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t at = 0; at < got.size(); ++at) {
    INFO(wanted[at].dump() << ' ' << got[at].detail);
    CHECK(to_string(got[at].kind) == wanted[at]["kind"].get<std::string>());
    if (wanted[at].contains("symbol")) CHECK(got[at].symbol == wanted[at]["symbol"]);
    if (wanted[at].contains("retry_after")) {
      auto& wait = wanted[at]["retry_after"];
      CHECK(wait_of(got[at]) == (wait.is_null() ? -1 : wait.get<double>()));
    }
  }
}

json as_json(const asset& from) {
  const auto text = [](const std::string& value) { return value.empty() ? json() : json(value); };
  return {{"symbol", text(from.symbol)},
          {"name", text(from.name)},
          {"type", text(from.type)},
          {"exchange", text(from.exchange)},
          {"currency", text(from.currency)}};
}

void try_row(const json& row) {
  const auto body = contents(folder + "fixtures/" + row["file"].get<std::string>());
  const auto headers = header_block_of(row["headers"]);
  fixture_call call;
  call.path = row["request"]["path"];
  call.query = row["request"]["query"].get<std::map<std::string, std::string>>();
  for (auto& text : row["asked"]) call.asked.push_back(sym(text.get<std::string>()));
  if (row.contains("ids")) call.ids = row["ids"].get<std::map<std::string, std::string>>();
  call.answer = {row["status"], headers, body, now};
  const auto got = reader_of(row["provider"].get<std::string>())(call);
  check_request(row["request"], got.request);
  const auto& wanted = row["expected"];
  if (!wanted.contains("assets")) {
    check_quotes(wanted["quotes"], got.quotes.quotes);
    check_errors(wanted["errors"], got.quotes.errors);
    return;
  }
  CHECK_FALSE(got.assets.error);
  auto assets = json::array();
  for (auto& one : got.assets.assets) assets.push_back(as_json(one));
  CHECK(assets == wanted["assets"]);
}

}  // namespace

TEST_CASE("Every answer of the manifest is read as it says", "[market]") {
  const auto rows = json::parse(contents(folder + "manifest.json"));
  REQUIRE(rows.size() > 20);
  for (auto& row : rows) {
    DYNAMIC_SECTION(row["id"].get<std::string>()) { try_row(row); }
  }
}

}  // namespace tributary::providers::market::tests
