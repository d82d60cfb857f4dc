// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace tributary::config {

namespace {

constexpr std::size_t longest_symbol = 32;

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
                    const std::vector<std::string>& upstreams, complaint& out) {
  const key_path path{"market", "providers", provider.name};
  if (std::find(upstreams.begin(), upstreams.end(), provider.name) != upstreams.end())
    out.add_name(path, "an upstream has this name already");
  if (!is_printable(provider.key))
    out.add(path / "key", "a key has printable ASCII characters only, and no spaces");
  fill_upstream(provider, market.breaker_timeout);
  check_url(path, provider.upstream, out);
}

void check_chain(const key_path& path, const std::vector<std::string>& chain,
                 const std::vector<std::string>& providers, complaint& out) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto place = path / index_segment(i);
    if (std::find(providers.begin(), providers.end(), chain[i]) == providers.end())
      out.add(place, "no provider is called " + cited(chain[i]), closest(chain[i], providers));
    else if (!seen.insert(chain[i]).second)
      out.add(place, "the provider " + cited(chain[i]) + " is named twice");
  }
}

void check_chains(const market_settings& market, complaint& out) {
  std::vector<std::string> providers;
  for (auto& provider : market.providers) providers.push_back(provider.name);
  using member = std::vector<std::string> market_chains::*;
  constexpr std::pair<const char*, member> kinds[] = {{"stocks", &market_chains::stocks},
                                                      {"crypto", &market_chains::crypto},
                                                      {"forex", &market_chains::forex}};
  for (auto& [kind, chain] : kinds) {
    const key_path path{"market", "chains", kind};
    if ((market.chains.*chain).empty()) out.add(path, "names no provider");
    check_chain(path, market.chains.*chain, providers, out);
    check_chain({"market", "lists", kind}, market.lists.*chain, providers, out);
  }
}

bool symbol_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view{".-/^&="}.find(c) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// What is wrong with one symbol; empty: nothing.
std::string judge_symbol(std::string_view symbol) {
  if (symbol.empty()) return "has an empty symbol";
  if (symbol.size() > longest_symbol)
    return "the symbol " + cited(symbol) + " is longer than " + std::to_string(longest_symbol) +
           " characters";
  if (!std::all_of(symbol.begin(), symbol.end(), symbol_character))
    return "the symbol " + cited(symbol) +
           " has other characters than letters, digits and `.-/^&=`";
  return {};
}

/// The form only: which symbols there are, those tell who know the providers.
void check_symbols(const market_settings& market, complaint& out) {
  const key_path path{"market", "active_symbols"};
  std::string_view rest = market.active_symbols;
  if (trimmed(rest).empty()) return;
  for (std::size_t number = 1;; ++number) {
    const auto comma = rest.find(',');
    if (auto wrong = judge_symbol(trimmed(rest.substr(0, comma))); !wrong.empty())
      return out.add(path, wrong);
    if (number > market.max_symbols)
      return out.add(path,
                     "more symbols than `max_symbols`, " + std::to_string(market.max_symbols));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace

void check_market(market_settings& market, const std::vector<std::string>& upstreams,
                  complaint& out) {
  if (market.providers.empty())
    return out.add({"market", "providers"}, "market data needs at least one provider");
  for (auto& provider : market.providers) check_provider(provider, market, upstreams, out);
  check_chains(market, out);
  check_symbols(market, out);
}

}  // namespace tributary::config
