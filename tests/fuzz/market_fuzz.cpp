// SPDX-License-Identifier: MIT
// Plays providers of market data. The first byte of the input chooses the provider and what it is
// asked for, or that the rest is a record of a quote as Redis keeps it. Otherwise the rest is
// answers between bytes 0x1e, each of a status, headers and a body between bytes 0x1f; when they
// are used up, nothing answers any more.
#include "actors/market/asset_codec.hpp"
#include "actors/market/asset_table.hpp"
#include "actors/market/quote_json.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/shared_bytes.hpp"
#include "providers/market/provider.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace tributary;
using namespace tributary::providers::market;

constexpr std::string_view key = "K3Y-0123456789";
constexpr std::size_t most_requests = 200;
/// 2025-11-21 20:00:03 UTC.
constexpr std::chrono::sys_seconds now{std::chrono::seconds{1763755203}};

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_until(std::string_view& text, char end) {
  const auto part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

wire_answer next_answer(std::string_view& rest) {
  auto text = take_until(rest, '\x1e');
  wire_answer answer{0, {}, {}, now};
  const auto status = take_until(text, '\x1f');
  std::from_chars(status.data(), status.data() + status.size(), answer.status);
  answer.header_block = take_until(text, '\x1f');
  answer.body = text;
  return answer;
}

bool is_visible(std::string_view text, char first) {
  return std::ranges::all_of(text, [&](char c) { return c >= first && c <= '~'; });
}

/// What came before must not break out of its place in a request.
void check_request(const wire_request& request) {
  require(request.target.starts_with('/') && is_visible(request.target, '!'));
  for (const auto& [name, value] : request.headers) {
    require(is_visible(name, '!') && is_visible(value, ' '));
  }
}

/// Details are our own words.
void check_failure(const failure& why) { require(why.detail.find(key) == std::string::npos); }

bool is_json(std::string_view text) {
  return bool{http::wire::check_json(http::wire::shared_bytes{text})};
}

void check_number(const number& one) { require(std::isfinite(one.value) && is_json(one.text)); }

/// A quote that is read back from its record says the same, but for fractions of a second.
void check_record(quote one, const std::vector<std::string_view>& sources) {
  using namespace actors::market;
  const auto record = quote_record(render_quote(one), now);
  require(is_json(record));
  const auto again = read_quote_record(record, one.symbol, sources);
  if (one.timestamp) one.timestamp = std::chrono::floor<std::chrono::seconds>(*one.timestamp);
  // An index whose form does not say that it is one.
  if (one.price.value <= 0 && !may_be_below_zero(one.symbol)) return;
  require(again && again->fetched == now && same_content(again->quote, one));
}

void check_quote(const quote& one, std::string_view source) {
  check_number(one.price);
  require(one.source == source);
  require(one.price.value > 0 || source == "yfinance");
  if (one.change) check_number(*one.change);
  if (one.percent_change) check_number(*one.percent_change);
  check_record(one, {source});
}

/// Leads a conversation to its end.
void talk(conversation& with, std::string_view& answers) {
  for (std::size_t sent = 0; const auto request = with.next(); ++sent) {
    require(sent < most_requests);
    check_request(*request);
    if (const auto why = with.take(next_answer(answers))) check_failure(*why);
  }
}

std::vector<symbol> symbols_for(const provider& of) {
  std::vector<symbol> result;
  for (const auto* text : {"AAPL", "NOSUCHSYM", "BRK.B", "OCDO.L", "BTC-USD", "ETH-EUR", "UNI-USD",
                           "NOCOIN-USD", "EUR/USD", "USD/JPY"}) {
    auto one = parse_symbol(text);
    require(one.has_value());
    if (of.supports(*one)) result.push_back(*std::move(one));
  }
  return result;
}

void ask_quotes(provider& of, std::string_view& answers) {
  std::multiset<std::string> left;
  auto asked = symbols_for(of);
  for (const auto& one : asked) left.insert(one.text);
  const auto settle = [&](const std::string& text) {
    const auto at = left.find(text);
    require(at != left.end());
    left.erase(at);
  };
  const failure otherwise{error_kind::unavailable, "", "broken off", {}};
  for (const auto& part : of.ask(std::move(asked))) {
    talk(*part, answers);
    const auto came = part->finish(otherwise);
    for (const auto& one : came.quotes) {
      settle(one.symbol);
      check_quote(one, of.source());
    }
    for (const auto& one : came.errors) {
      settle(one.symbol);
      check_failure(one);
    }
  }
  require(left.empty());
}

void check_assets(std::vector<asset> rows, asset_class kind) {
  std::set<std::string> seen;
  for (const auto& row : rows) {
    const auto what = parse_symbol(row.symbol);
    require(what && what->kind == kind && what->text == row.symbol);
    require(seen.insert(row.symbol).second);
  }
  using namespace actors::market;
  const auto list = std::make_shared<const std::vector<asset>>(std::move(rows));
  const asset_list lists[]{{list, now}};
  const auto table = asset_table::merge(kind, lists);
  require(table && table->size() == list->size());
  const auto stored = write_assets(*table);
  require(is_json(stored));
  const auto again = read_assets(kind, stored);
  require(again && again->rows->size() == table->size());
}

/// A list teaches what is asked of it for quotes afterwards.
void ask_assets(provider& of, asset_class kind, std::string_view& answers) {
  const auto asking = of.list(kind);
  require(asking != nullptr);
  talk(*asking, answers);
  const auto came = asking->finish();
  require(came.error.has_value() == came.assets.empty());
  if (came.error) {
    check_failure(*came.error);
  } else {
    check_assets(came.assets, kind);
  }
  of.learn(*asking);
}

void read_record(std::string_view text) {
  std::vector<std::string_view> sources;
  for (const auto& one : registrations()) sources.push_back(one.source);
  const auto got = actors::market::read_quote_record(text, "AAPL", sources);
  if (!got) return;
  require(got->quote.symbol == "AAPL");
  require(std::ranges::find(sources, got->quote.source) != sources.end());
  check_quote(got->quote, got->quote.source);
}

providers::market::access access_for(unsigned variant) {
  providers::market::access with;
  with.key = key;
  if (variant == 1) with.own = {{"tier", "pro"}, {"version", "v3"}, {"venue", "binance"}};
  if (variant == 2) with.own = {{"version", "v1"}};
  return with;
}

}  // namespace

/// The first byte: provider (below 5; more is a record) + 6 × the list asked for before quotes
/// (below 3; 3 is none) + 24 × the variant of the provider's settings.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  std::string_view rest{reinterpret_cast<const char*>(data + 1), size - 1};
  const auto known = registrations();
  if (choice % 6 >= known.size()) {
    read_record(rest);
    return 0;
  }
  const auto of = known[choice % 6].make(access_for(choice / 24 % 3));
  const auto list = static_cast<asset_class>(choice / 6 % 4);
  if (choice / 6 % 4 < 3 && of->lists(list)) ask_assets(*of, list, rest);
  ask_quotes(*of, rest);
  return 0;
}
