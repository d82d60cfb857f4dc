// SPDX-License-Identifier: MIT
#include "providers/market/meant_symbol.hpp"

#include "providers/market/symbol.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::market {

namespace {

/// What symbols of coins without a separator end in. Rarer ones would find endings in plain words.
constexpr std::array<std::string_view, 8> usual_endings{"USDT", "USDC", "USD", "EUR",
                                                        "GBP",  "JPY",  "BTC", "ETH"};

struct two_halves {
  std::string_view first;
  std::string_view second;
};

/// `BTCUSDT`, `EURUSD`. Where several ways of dividing it lead to a quote currency, one that has a
/// well-known coin in front: `DOT` and `USD`, not `DO` and `TUSD`.
std::optional<two_halves> divide(std::string_view text) noexcept {
  if (text.size() < 6 || !std::ranges::all_of(text, is_symbol_word)) return std::nullopt;
  const auto before = [&](std::size_t ending) { return text.substr(0, text.size() - ending); };
  const auto last = [&](std::size_t ending) { return text.substr(text.size() - ending); };
  if (text.size() == 6 && is_currency(before(3)) && is_currency(last(3))) {
    return two_halves{before(3), last(3)};
  }
  for (const std::size_t ending : {4, 3}) {
    if (is_quote_currency(last(ending)) &&
        (is_quote_coin(before(ending)) || before(ending) == "XBT")) {
      return two_halves{before(ending), last(ending)};
    }
  }
  for (const auto ending : usual_endings) {
    if (text.ends_with(ending)) return two_halves{before(ending.size()), ending};
  }
  return std::nullopt;
}

std::string joined(std::string_view first, char separator, std::string_view second) {
  if (first == "XBT") first = "BTC";  // as some exchanges call it
  return std::string{first}.append(1, separator).append(second);
}

std::optional<std::string> pair_of(const two_halves& halves) {
  const auto& [first, second] = halves;
  if (is_currency(first) && is_currency(second)) return joined(first, '/', second);
  if (is_national_currency(first) && is_quote_coin(second)) return joined(second, '-', first);
  if (is_quote_currency(second)) return joined(first, '-', second);
  return std::nullopt;
}

/// What `text` means in the form that has halves: with some separator, or with none.
std::optional<std::string> meant_pair(std::string_view text) {
  // Yahoo's pairs, and its short form of those of the dollar.
  if (text.ends_with("=X")) {
    text.remove_suffix(2);
    if (text.size() == 3 && is_currency(text)) return joined("USD", '/', text);
  }
  const auto at = text.find_first_of("/_-|+ ");
  if (at == text.npos) {
    const auto halves = divide(text);
    return halves ? pair_of(*halves) : std::nullopt;
  }
  const two_halves halves{text.substr(0, at), text.substr(at + 1)};
  if (auto pair = pair_of(halves)) return pair;
  // A share class: with `-` it is one of our spellings.
  const auto may_be_class = text[at] == '/' || text[at] == '_' || text[at] == ' ';
  if (!may_be_class || halves.second.size() != 1) return std::nullopt;
  return joined(halves.first, '.', halves.second);
}

}  // namespace

std::optional<std::string> meant_symbol(std::string_view text) {
  if (text.size() > 2 * longest_symbol) return std::nullopt;
  std::string spelled{text};
  std::ranges::transform(spelled, spelled.begin(), upper_of);
  std::string_view bare = spelled;
  if (bare.starts_with('$')) bare.remove_prefix(1);
  // `BINANCE:BTCUSDT` and `NASDAQ:AAPL` begin with the place, `BTC/USDT:USDT` ends in what is paid.
  if (const auto colon = bare.find(':'); colon != bare.npos) {
    const auto before = bare.substr(0, colon);
    bare = before.find('/') != before.npos ? before : bare.substr(colon + 1);
  }
  auto result = meant_pair(bare);
  if (!result) result = std::string{bare};
  if (*result == spelled || !parse_symbol(*result)) return std::nullopt;
  return result;
}

std::string with_meant_symbol(std::string detail, std::string_view text) {
  const auto meant = meant_symbol(text);
  if (!meant) return detail;
  if (!detail.empty()) detail += "; ";
  return detail.append("did you mean `").append(*meant).append("`?");
}

bool is_pair_with_coin(const symbol& what) noexcept {
  return what.kind == asset_class::forex && (is_quote_coin(what.base) || is_quote_coin(what.quote));
}

}  // namespace tributary::providers::market
