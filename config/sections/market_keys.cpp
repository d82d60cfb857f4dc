// SPDX-License-Identifier: MIT
#include "config/sections/market.hpp"
#include "config/sections/tables.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

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

/// A word out of some, or a boolean by its spelling.
codec<std::string> codec_of(const market_own_setting& own) {
  if (!own.words.empty()) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& word : own.words) pairs.emplace_back(word, word);
    return choice<std::string>(std::move(pairs));
  }
  auto inner = flag();
  return {std::move(inner.doc),
          [read = std::move(inner.read)](reader& in, const node& at, std::string& target) {
            bool value = false;
            read(in, at, value);
            target = value ? "true" : "false";
          },
          [](const std::string& value) -> ordered_json { return value == "true"; }};
}

std::string default_of(const market_own_setting& own) {
  return own.words.empty() ? "false" : own.words.front();
}

/// The key of a setting that some providers have for themselves, each with words of its own. On any
/// other it is refused, but for one that is not known at all, which is told as such.
field<market_provider_settings> own_key(const std::vector<market_own_setting>& declared,
                                        const std::vector<std::string>& sources) {
  using s = market_provider_settings;
  const auto& first = declared.front();
  key_doc doc{first.name, first.meaning, codec_of(first).print(default_of(first)).dump(), false,
              codec_of(first).doc};
  std::string owners;
  for (const auto& each : declared) {
    owners += (owners.empty() ? "" : " and ") + cited(each.provider);
    if (&each != &first) doc.description += " " + each.meaning;
  }
  doc.description += " Of " + owners + " alone.";
  const auto declared_for = [declared](const std::string& provider) {
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [&](const auto& each) { return each.provider == provider; });
    return found == declared.end() ? std::nullopt : std::optional{*found};
  };
  auto read = [=](reader& in, const node& at, s& target) {
    const auto own = declared_for(target.name);
    if (!own && std::find(sources.begin(), sources.end(), target.name) != sources.end()) {
      return in.fail_name(at, "the provider " + cited(target.name) +
                                  " has no such setting: it is one of " + owners);
    }
    codec_of(own ? *own : declared.front()).read(in, at, target.own[at.name]);
  };
  auto print = [=](const s& source) -> ordered_json {
    const auto own = declared_for(source.name);
    const auto given = source.own.find(declared.front().name);
    if (given == source.own.end()) {
      return own ? codec_of(*own).print(default_of(*own)) : ordered_json(nullptr);
    }
    return codec_of(own ? *own : declared.front()).print(given->second);
  };
  return {std::move(doc), std::move(read), std::move(print)};
}

/// Those that `known` declares, by name.
table<market_provider_settings> own_keys(const market_vocabulary& known) {
  table<market_provider_settings> result;
  std::set<std::string_view> done;
  for (const auto& each : known.own_settings) {
    if (!done.insert(each.name).second) continue;
    std::vector<market_own_setting> declared;
    std::copy_if(known.own_settings.begin(), known.own_settings.end(), std::back_inserter(declared),
                 [&](const auto& other) { return other.name == each.name; });
    result.push_back(own_key(declared, known.sources));
  }
  return result;
}

table<market_provider_settings> provider_keys(const market_vocabulary& known) {
  using s = market_provider_settings;
  table<s> result{
      key("enabled", &s::enabled, flag(),
          "`false` leaves it out wherever it is named, and warns of nothing."),
      key("url", &s::url, text("URL"),
          "`http` or `https` origin with an optional path prefix, or `unix:/path` of a Unix "
          "socket.",
          key_rule::required),
      key("key", &s::key, text("secret", 512),
          "Its API key; empty: none, and a provider that needs one is left out with a warning.",
          key_rule::secret),
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
  for (auto& each : own_keys(known)) result.push_back(std::move(each));
  return result;
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

table<market_settings> market_keys(const market_vocabulary& known) {
  using s = market_settings;
  table<market_settings> result{
      key("providers", &s::providers, named_objects(provider_keys(known)),
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
