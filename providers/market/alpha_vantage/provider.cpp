// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/provider.hpp"

#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/conversations.hpp"
#include "providers/market/symbol.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <utility>

namespace tributary::providers::market::alpha_vantage {

namespace {

/// Codes of coins, as the list of them had them.
using coin_set = std::set<std::string, std::less<>>;

class coins_conversation final : public list_conversation {
 public:
  coins_conversation() : list_conversation(asset_class::crypto) {}

  coin_set& coins() noexcept { return coins_; }

 private:
  std::optional<wire_request> request() const override {
    return ended_ ? std::nullopt : std::optional{digital_currencies_request()};
  }

  assets_result read(const wire_answer& answer) override {
    ended_ = true;
    auto result = read_digital_currencies(answer);
    for (const auto& each : result.assets) {
      coins_.insert(each.symbol.substr(0, each.symbol.rfind('-')));
    }
    return result;
  }

  coin_set coins_;
  bool ended_ = false;
};

class quote_conversation final : public one_call_conversation {
 public:
  quote_conversation(symbol what, const std::string& key)
      : one_call_conversation({what}), what_(std::move(what)), key_(key) {}

 private:
  wire_request request() const override {
    // There is one for all that is supported.
    return quote_request(what_, key_).value_or(wire_request{});
  }
  quotes_result read(const wire_answer& answer) const override {
    return read_quote(what_, answer, key_);
  }

  symbol what_;
  const std::string& key_;
};

/// A rate, which comes without a change, and then the change of the daily rates: two calls of few.
/// A rate whose change does not come is served without it.
class daily_conversation final : public quotes_conversation {
 public:
  daily_conversation(symbol what, const std::string& key)
      : sheet_({what}), what_(std::move(what)), key_(key) {}

  std::optional<wire_request> next() override {
    switch (step_) {
      case step::rate:
        return quote_request(what_, key_);
      case step::change:
        return daily_rates_request(what_, key_);
      case step::done:
        break;
    }
    return {};
  }

  std::optional<failure> take(const wire_answer& answer) override {
    return step_ == step::rate ? take_rate(answer) : take_change(answer);
  }

  quotes_result finish(const failure& otherwise) override { return sheet_.finish(otherwise); }
  bool asks_for(std::string_view symbol) const noexcept override { return sheet_.asks_for(symbol); }

 private:
  enum class step : std::uint8_t { rate, change, done };

  std::optional<failure> take_rate(const wire_answer& answer) {
    auto part = read_quote(what_, answer, key_);
    step_ = part.quotes.empty() ? step::done : step::change;
    if (!part.quotes.empty()) rate_ = part.quotes.front();
    auto why = failure_of_all(part);
    sheet_.enter(std::move(part));
    return why;
  }

  std::optional<failure> take_change(const wire_answer& answer) {
    auto part = read_daily_rates(what_, answer, key_);
    step_ = step::done;
    if (part.quotes.empty()) return failure_of_all(part);
    rate_.change = std::move(part.quotes.front().change);
    rate_.percent_change = std::move(part.quotes.front().percent_change);
    part.quotes.front() = std::move(rate_);
    sheet_.enter(std::move(part));
    return {};
  }

  quote_sheet sheet_;
  symbol what_;
  const std::string& key_;
  quote rate_;
  step step_ = step::rate;
};

class alpha_vantage_provider final : public provider {
 public:
  explicit alpha_vantage_provider(const access& with)
      : key_(with.key), daily_rates_(with.says("daily_rates", "true")) {}

  std::string_view source() const noexcept override { return alpha_vantage::source; }

  /// There are few calls a day: none is for a pair of what nobody lists as a currency or coin.
  /// Which coins there are is known once their list was read.
  bool supports(const symbol& what) const noexcept override {
    switch (what.kind) {
      case asset_class::forex:
        return is_listed(what.base) && is_listed(what.quote);
      case asset_class::crypto:
        return coins_.empty() || is_listed(what.base);
      case asset_class::stock:
        break;
    }
    return what.text.find_first_of("^=") == what.text.npos;
  }

  std::vector<std::unique_ptr<quotes_conversation>> ask_once(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> result;
    for (auto& what : symbols) {
      if (!supports(what)) continue;
      if (daily_rates_ && what.kind == asset_class::forex) {
        result.push_back(std::make_unique<daily_conversation>(std::move(what), key_));
      } else {
        result.push_back(std::make_unique<quote_conversation>(std::move(what), key_));
      }
    }
    return result;
  }

  bool lists(asset_class) const noexcept override { return true; }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    switch (kind) {
      case asset_class::crypto:
        return std::make_unique<coins_conversation>();
      case asset_class::forex:
        return std::make_unique<one_page_list>(kind, physical_currencies_request(),
                                               read_physical_currencies, key_);
      case asset_class::stock:
        break;
    }
    return std::make_unique<one_page_list>(kind, listing_request(key_), read_listing, key_);
  }

  void learn(assets_conversation& ended) override {
    auto* const list = dynamic_cast<coins_conversation*>(&ended);
    if (list && list->succeeded()) coins_ = std::move(list->coins());
  }

 private:
  bool is_listed(std::string_view code) const noexcept {
    return is_currency(code) || coins_.contains(code);
  }

  std::string key_;
  bool daily_rates_;
  coin_set coins_;
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& with) {
  return std::make_unique<alpha_vantage_provider>(with);
}

}  // namespace tributary::providers::market::alpha_vantage
