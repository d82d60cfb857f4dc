// SPDX-License-Identifier: MIT
#include "config/sections/market.hpp"
#include "config/sections/tables.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

/// Times that the loops and their limits may have; the least is for tests.
constexpr milliseconds shortest = 10ms;
constexpr milliseconds longest = 720h;

table<call_allowance> allowance_keys() {
  using s = call_allowance;
  return {
      key("per_second", &s::per_second, count(0, 100'000), "Calls in any second; 0: no limit."),
      key("per_minute", &s::per_minute, count(0, 100'000), "Calls in any minute; 0: no limit."),
      key("per_day", &s::per_day, count(0, 1'000'000'000), "Calls in a day of UTC; 0: no limit."),
      key("per_month", &s::per_month, count(0, 1'000'000'000),
          "Calls in a calendar month of UTC; 0: no limit."),
  };
}

codec<std::string> one_of(std::initializer_list<const char*> words) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto* word : words) pairs.emplace_back(word, word);
  return choice<std::string>(std::move(pairs));
}

table<market_provider_settings> provider_keys() {
  using s = market_provider_settings;
  return {
      key("enabled", &s::enabled, flag(),
          "`false` leaves it out wherever it is named, and warns of nothing."),
      key("url", &s::url, text("URL"),
          "`http` or `https` origin with an optional path prefix, or `unix:/path` of a Unix "
          "socket.",
          key_rule::required),
      key("key", &s::key, text("secret", 512),
          "Its API key; empty: none, and a provider that needs one is left out with a warning.",
          key_rule::secret),
      key("tier", &s::tier, one_of({"demo", "pro"}),
          "Which kind of key CoinGecko is called with. It does not choose the `url`: keys of `pro` "
          "are for `https://pro-api.coingecko.com` alone, those of `demo` for "
          "`https://api.coingecko.com`."),
      key("version", &s::version, one_of({"v1", "v2", "v3"}),
          "Which quotes CoinMarketCap is asked for."),
      key("venue", &s::venue, one_of({"coinbase", "binance"}),
          "Where Finnhub takes the prices of crypto currencies from."),
      key("daily_rates", &s::daily_rates, flag(),
          "Whether Alpha Vantage is called a second time for each currency pair, for the change, "
          "which its rates come without."),
      key("allowance", &s::allowance, object(allowance_keys()),
          "How often it may be called. Days and months are counted over restarts, and by all "
          "instances together where there is a Redis."),
      key("connect_timeout", &s::connect_timeout, seconds(1ms, 60s),
          "Name look-up, connection and TLS handshake together."),
      key("timeout", &s::timeout, seconds(1ms, 10min), "Of one call."),
      key("failures_to_open", &s::failures_to_open, count(1, 1'000'000),
          "Failed calls in a row that open its breaker."),
      key("tls", &s::tls_options, object(tls_keys()), "For an `https` URL."),
  };
}

table<market_chains> chain_keys(const std::string& what, key_rule rule) {
  using s = market_chains;
  const auto list = text_list("list of providers");
  return {
      key("stocks", &s::stocks, list, what + " of stocks, funds and indices.", rule),
      key("crypto", &s::crypto, list, what + " of crypto currencies.", rule),
      key("forex", &s::forex, list, what + " of currency pairs.", rule),
  };
}

table<market_settings> time_keys() {
  using s = market_settings;
  return {
      key("breaker_timeout", &s::breaker_timeout, seconds(shortest, 24h),
          "How long a provider's breaker stays open, each time, and a provider with a refused key "
          "out of use."),
      key("price_interval", &s::price_interval, seconds(shortest, 24h),
          "Between two rounds of quotes for all that is followed."),
      key("asset_interval", &s::asset_interval, seconds(shortest, longest),
          "Between two fetches of a list of assets."),
      key("quote_ttl", &s::quote_ttl, seconds(shortest, 24h),
          "How long a quote is fresh; then it is fetched anew on demand."),
      key("asset_ttl", &s::asset_ttl, seconds(shortest, longest),
          "How long a list of assets is fresh."),
      key("stale_for", &s::stale_for, seconds(0ms, longest),
          "How long a quote is kept beyond that, and served with a mark while no provider gives a "
          "newer one."),
      key("timeout", &s::timeout, seconds(shortest, 10min), "Of one request for quotes."),
      key("heartbeat", &s::heartbeat, seconds(shortest, 10min),
          "After which a stream without news gets a comment."),
  };
}

}  // namespace

table<market_settings> market_keys() {
  using s = market_settings;
  table<market_settings> result{
      key("providers", &s::providers, named_objects(provider_keys()),
          "The providers, at least one, by the `source` of their quotes.", key_rule::required),
      key("chains", &s::chains,
          object(chain_keys("Asked in this order for quotes", key_rule::required)),
          "Which providers are asked for a quote, one after the other until one has it; each list "
          "names at least one.",
          key_rule::required),
      key("lists", &s::lists, object(chain_keys("Asked for lists", key_rule::optional)),
          "Which providers' lists of assets are merged; of what several list, the first has the "
          "last word. An empty one: no such list."),
      key("active_symbols", &s::active_symbols, text("symbols with commas", 512 * kib),
          "Symbols whose quotes are always kept fresh; blank: none. In the shipped file an empty "
          "`ACTIVE_SYMBOLS` means its default, as with any `${NAME:-default}`, and one of a single "
          "space none."),
      key("loop_share", &s::loop_share, real(0.01, 1),
          "Share of each allowance for the loops; the rest is for those who ask."),
      key("max_symbols", &s::max_symbols, count(1, 1'000'000),
          "Quotes kept in memory, and symbols followed at a time."),
      key("max_streams", &s::max_streams, count(0, 1'000'000),
          "Clients of the stream; one more is answered 503."),
      key("stream_backlog", &s::stream_backlog, bytes(kib, 64 * mib),
          "Bytes that may wait for one client of the stream; one that is slower is dropped."),
  };
  for (auto& each : time_keys()) result.push_back(std::move(each));
  return result;
}

}  // namespace tributary::config
