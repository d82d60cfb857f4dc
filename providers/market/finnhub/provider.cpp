// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/provider.hpp"

#include "providers/market/conversations.hpp"
#include "providers/market/finnhub/finnhub.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace tributary::providers::market::finnhub {

namespace {

/// True for letters behind a dash that are an exchange behind a point.
bool is_class_like_an_exchange(const symbol& what) noexcept {
  if (what.exchange_suffix || what.suffix.empty()) return false;
  if (what.suffix.size() == 1) {
    return is_exchange_letter(what.suffix.front());
  }
  return std::ranges::all_of(what.suffix, [](char c) { return c >= 'A' && c <= 'Z'; });
}

class quote_conversation final : public one_call_conversation {
 public:
  quote_conversation(symbol what, const settings& with)
      : one_call_conversation({what}), what_(std::move(what)), with_(with) {}

 private:
  wire_request request() const override { return quote_request(what_, with_); }
  quotes_result read(const wire_answer& answer) const override { return read_quote(what_, answer); }

  symbol what_;
  const settings& with_;
};

class finnhub_provider final : public provider {
 public:
  explicit finnhub_provider(const access& with)
      : settings_{with.key,
                  with.says("venue", "binance") ? crypto_venue::binance : crypto_venue::coinbase} {}

  std::string_view source() const noexcept override { return finnhub::source; }
  std::string_view base_path() const noexcept override { return finnhub::base_path; }

  /// Indices and futures have no symbols here that follow from ours; nor have share classes whose
  /// letters would be an exchange with the point that Finnhub writes (`VOD-L`).
  bool supports(const symbol& what) const noexcept override {
    if (what.kind != asset_class::stock) return true;
    return what.text.find_first_of("^=") == what.text.npos && !is_class_like_an_exchange(what);
  }

  std::optional<std::chrono::milliseconds> pause_after(const wire_answer& answer) const override {
    return finnhub::pause_after(answer);
  }

  /// One symbol each; of pairs too, since the call for many pairs at once is not in free plans.
  std::vector<std::unique_ptr<quotes_conversation>> ask_once(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> result;
    for (auto& what : symbols) {
      result.push_back(std::make_unique<quote_conversation>(std::move(what), settings_));
    }
    return result;
  }

  bool lists(asset_class) const noexcept override { return true; }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    switch (kind) {
      case asset_class::crypto:
        return page_of(kind, crypto_list_request(settings_, venue()),
                       [](auto& answer, auto) { return read_crypto_list(answer); });
      case asset_class::forex:
        return page_of(kind, forex_list_request(settings_),
                       [](auto& answer, auto) { return read_forex_list(answer); });
      case asset_class::stock:
        break;
    }
    return page_of(asset_class::stock, stock_list_request(settings_),
                   [](auto& answer, auto) { return read_stock_list(answer); });
  }

 private:
  static std::unique_ptr<assets_conversation> page_of(asset_class kind, wire_request page,
                                                      one_page_list::reader read) {
    return std::make_unique<one_page_list>(kind, std::move(page), read);
  }

  std::string_view venue() const noexcept {
    return settings_.venue == crypto_venue::binance ? "binance" : "coinbase";
  }

  settings settings_;
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& with) {
  return std::make_unique<finnhub_provider>(with);
}

}  // namespace tributary::providers::market::finnhub
