// SPDX-License-Identifier: MIT
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::market {

namespace {

// ISO 4217, list one, as of 2026 (the euro has taken the lev's place), without metals, bond market
// units, funds codes, the special drawing right, units of account, and codes for tests and for
// none. Sorted.
constexpr std::array<std::string_view, 155> national_currencies{
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
    "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN",
    "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD",
    "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES",
    "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK",
    "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT",
    "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES",
    "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG"};
static_assert(std::ranges::is_sorted(national_currencies));

/// Traded like national currencies: gold, silver, platinum, palladium, the yuan abroad, units of
/// account, and the special drawing right. Sorted.
constexpr std::array<std::string_view, 10> other_currencies{"CLF", "CNH", "GGP", "IMP", "JEP",
                                                            "XAG", "XAU", "XDR", "XPD", "XPT"};
static_assert(std::ranges::is_sorted(other_currencies));

/// What coins are priced in beside national currencies.
constexpr std::array<std::string_view, 18> quote_coins{
    "BCH", "BNB", "BTC",  "BUSD", "DAI",  "DOT",  "EOS", "ETH", "LINK",
    "LTC", "SOL", "TUSD", "USDC", "USDP", "USDT", "XLM", "XRP", "YFI"};
static_assert(std::ranges::is_sorted(quote_coins));

bool is_letter(char c) noexcept { return c >= 'A' && c <= 'Z'; }

constexpr std::string_view separators = ".-/^&=";

bool is_separator(char c) noexcept { return separators.find(c) != separators.npos; }

/// True when every separator stands between two letters or digits, and `^` before one.
bool is_well_formed(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_symbol_word(c)) continue;
    if (!is_separator(c)) return false;
    const bool before = at > 0 && is_symbol_word(text[at - 1]);
    const bool after = at + 1 < text.size() && is_symbol_word(text[at + 1]);
    if (!after || (!before && c != '^')) return false;
  }
  return !text.empty();
}

bool is_exchange(std::string_view suffix) noexcept {
  if (!std::ranges::all_of(suffix, is_letter)) return false;
  return suffix.size() > 1 || (suffix.size() == 1 && is_exchange_letter(suffix.front()));
}

void split_stock(symbol& out) {
  const std::string_view text = out.text;
  const auto at = text.find_last_of(".-");
  out.base = text.substr(0, at);
  if (at == text.npos) return;
  out.suffix = text.substr(at + 1);
  out.exchange_suffix = text[at] == '.' && is_exchange(out.suffix);
}

}  // namespace

std::optional<symbol> parse_symbol(std::string_view text) {
  if (text.size() > longest_symbol) return {};
  symbol result;
  result.text.resize(text.size());
  std::ranges::transform(text, result.text.begin(), upper_of);
  const std::string_view spelled = result.text;
  if (!is_well_formed(spelled)) return {};
  auto at = spelled.find('/');
  if (at != spelled.npos) {
    result.kind = asset_class::forex;
  } else {
    at = spelled.rfind('-');
    if (at == spelled.npos || !is_quote_currency(spelled.substr(at + 1))) {
      split_stock(result);
      return result;
    }
    result.kind = asset_class::crypto;
  }
  result.base = spelled.substr(0, at);
  result.quote = spelled.substr(at + 1);
  // Neither half of a pair of currencies has halves of its own. A coin's ticker may.
  if (result.kind == asset_class::forex && !(std::ranges::all_of(result.base, is_symbol_word) &&
                                             std::ranges::all_of(result.quote, is_symbol_word))) {
    return {};
  }
  return result;
}

std::optional<std::string> flaw_of_symbol(std::string_view text) {
  if (parse_symbol(text)) return std::nullopt;
  if (text.size() > longest_symbol) {
    return "is longer than " + std::to_string(longest_symbol) + " characters";
  }
  const auto known = [](char c) { return is_symbol_word(upper_of(c)) || is_separator(c); };
  if (std::ranges::all_of(text, known)) return "is not a symbol";
  return "has other characters than letters, digits and `" + std::string{separators} + "`";
}

char upper_of(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_symbol_word(char c) noexcept { return is_letter(c) || (c >= '0' && c <= '9'); }

bool is_exchange_letter(char c) noexcept { return c == 'L' || c == 'F' || c == 'T' || c == 'V'; }

bool may_be_below_zero(std::string_view text) noexcept {
  return text.starts_with('^') || text.ends_with("=F");
}

bool is_national_currency(std::string_view code) noexcept {
  return std::ranges::binary_search(national_currencies, code);
}

bool is_currency(std::string_view code) noexcept {
  return is_national_currency(code) || std::ranges::binary_search(other_currencies, code);
}

bool is_quote_coin(std::string_view code) noexcept {
  return std::ranges::binary_search(quote_coins, code);
}

bool is_quote_currency(std::string_view code) noexcept {
  return is_national_currency(code) || is_quote_coin(code);
}

}  // namespace tributary::providers::market
