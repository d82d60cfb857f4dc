// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/provider.hpp"

#include "providers/market/conversations.hpp"
#include "providers/market/finnhub/finnhub.hpp"

#include <utility>

namespace tributary::providers::market::finnhub {

namespace {

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
                  with.venue == "binance" ? crypto_venue::binance : crypto_venue::coinbase} {}

  std::string_view source() const noexcept override { return finnhub::source; }
  std::string_view base_path() const noexcept override { return finnhub::base_path; }

  /// Indices and futures have no symbols here that follow from ours.
  bool supports(const symbol& what) const noexcept override {
    return what.kind != asset_class::stock || what.text.find_first_of("^=") == what.text.npos;
  }

  /// One symbol each; of pairs too, since the call for many pairs at once is not in free plans.
  std::vector<std::unique_ptr<quotes_conversation>> ask(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> out;
    for (auto& what : without_repeated(std::move(symbols)))
      out.push_back(std::make_unique<quote_conversation>(std::move(what), settings_));
    return out;
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
