// SPDX-License-Identifier: MIT
#include "config/sections/checks.hpp"
#include "config/sections/market.hpp"
#include "config/sections/market_symbol_list.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace tributary::config {

namespace {

/// The guards' view of a provider. The breaker opens by failures in a row alone and stays open for
/// exactly one time; pauses and allowances are the business of the provider's own actor.
void fill_upstream(market_provider_settings& provider, milliseconds open_for) {
  auto& upstream = provider.upstream;
  upstream.name = provider.name;
  upstream.url = provider.url;
  upstream.tls_options = provider.tls_options;
  upstream.connect_timeout = provider.connect_timeout;
  upstream.timeout = provider.timeout;
  upstream.max_response_body = std::size_t{32} * 1024 * 1024;
  upstream.deadline_header.clear();
  upstream.breaker.by_rate = false;
  upstream.breaker.consecutive_failures = provider.failures_to_open;
  upstream.breaker.open_for = open_for;
  upstream.breaker.open_max = open_for;
  upstream.breaker.jitter = 0;
  upstream.breaker.heed_retry_after = false;
  upstream.breaker.half_open_successes = 1;
  upstream.bulkhead.max_in_flight = 16;
  upstream.back_pressure.enabled = false;
}

/// A key goes into header fields and queries.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

void check_provider(market_provider_settings& provider, const market_settings& market,
                    const std::vector<std::string>& upstreams, const market_vocabulary& known,
                    complaint& out) {
  const key_path path{"market", "providers", provider.name};
  const auto& sources = known.sources;
  if (!sources.empty() &&
      std::find(sources.begin(), sources.end(), provider.name) == sources.end()) {
    out.add_name(path, "there is no such provider", closest(provider.name, sources));
  }
  if (std::find(upstreams.begin(), upstreams.end(), provider.name) != upstreams.end()) {
    out.add_name(path, "an upstream has this name already");
  }
  if (!is_printable(provider.key)) {
    out.add(path / "key", "a key has printable ASCII characters only, and no spaces");
  }
  fill_upstream(provider, market.breaker_timeout);
  check_url(path, provider.upstream, out);
}

void check_chain(const key_path& path, const std::vector<std::string>& chain,
                 const std::vector<std::string>& providers, complaint& out) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto place = path / index_segment(i);
    if (std::find(providers.begin(), providers.end(), chain[i]) == providers.end()) {
      out.add(place, "no provider is called " + cited(chain[i]), closest(chain[i], providers));
    } else if (!seen.insert(chain[i]).second) {
      out.add(place, "the provider " + cited(chain[i]) + " is named twice");
    }
  }
}

void check_chains(const market_settings& market, complaint& out) {
  std::vector<std::string> providers;
  for (const auto& provider : market.providers) providers.push_back(provider.name);
  using member = std::vector<std::string> market_chains::*;
  constexpr std::pair<const char*, member> kinds[] = {{"stocks", &market_chains::stocks},
                                                      {"crypto", &market_chains::crypto},
                                                      {"forex", &market_chains::forex}};
  for (const auto& [kind, chain] : kinds) {
    const key_path path{"market", "chains", kind};
    if ((market.chains.*chain).empty()) out.add(path, "names no provider");
    check_chain(path, market.chains.*chain, providers, out);
    check_chain({"market", "lists", kind}, market.lists.*chain, providers, out);
  }
}

/// What is wrong with one symbol; empty: nothing.
std::string judge_symbol(std::string_view symbol, const market_vocabulary& known) {
  if (symbol.empty()) return "has an empty symbol";
  const auto flaw = known.symbol_flaw ? known.symbol_flaw(symbol) : std::nullopt;
  return flaw ? cited(symbol) + " " + *flaw : std::string{};
}

/// They have one place in the file, and so one message that tells what is wrong with each.
void check_symbols(const market_settings& market, const market_vocabulary& known, complaint& out) {
  constexpr std::size_t most_told = 8;
  const key_path path{"market", "active_symbols"};
  const auto symbols = split_symbols(market.active_symbols);
  std::vector<std::string> told;
  if (symbols.size() > market.max_symbols) {
    told.push_back("more symbols than `max_symbols`, " + std::to_string(market.max_symbols));
  }
  for (const auto symbol : symbols) {
    auto wrong = judge_symbol(symbol, known);
    if (wrong.empty() || std::find(told.begin(), told.end(), wrong) != told.end()) continue;
    if (told.size() == most_told) break;
    told.push_back(std::move(wrong));
  }
  std::string message;
  for (auto& each : told) message += (message.empty() ? "" : "; ") + each;
  if (!message.empty()) out.add(path, message);
}

}  // namespace

void check_market(market_settings& market, const market_vocabulary& known,
                  const std::vector<std::string>& taken_upstreams, complaint& out) {
  if (market.providers.empty()) {
    return out.add({"market", "providers"}, "market data needs at least one provider");
  }
  for (auto& provider : market.providers) {
    check_provider(provider, market, taken_upstreams, known, out);
  }
  check_chains(market, out);
  check_symbols(market, known, out);
}

}  // namespace tributary::config
