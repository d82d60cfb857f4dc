// SPDX-License-Identifier: MIT
#include "providers/market/coingecko/provider.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/coingecko/coingecko.hpp"
#include "providers/market/conversations.hpp"

#include <utility>

namespace tributary::providers::market::coingecko {

namespace {

/// Pages of coins/markets that a list begins with: the 1,000 largest coins, which is where tickers
/// that clash are told apart by rank. More would cost a call each for coins hardly anybody asks
/// for; those are in coins/list.
constexpr std::size_t ranked_pages = 4;

class markets_conversation final : public one_call_conversation {
 public:
  markets_conversation(call what, const settings& with)
      : one_call_conversation(symbols_in(what)), what_(std::move(what)), with_(with) {}

 private:
  wire_request request() const override { return markets_request(what_, with_); }
  quotes_result read(const wire_answer& answer) const override {
    return read_markets(what_, answer);
  }

  call what_;
  const settings& with_;
};

/// Some pages by rank, then all coins.
class coins_conversation final : public list_conversation {
 public:
  explicit coins_conversation(const settings& with)
      : list_conversation(asset_class::crypto), with_(with) {}

  id_book& book() noexcept { return book_; }

 private:
  std::optional<wire_request> request() const override {
    if (ended_) return {};
    return page_ <= ranked_pages ? markets_page_request(page_, with_) : coins_list_request(with_);
  }

  assets_result read(const wire_answer& answer) override {
    if (page_ > ranked_pages) {
      ended_ = true;
      return read_coins_list(answer, book_);
    }
    auto result = read_markets_page(answer, book_);
    any_ranked_ = any_ranked_ || !result.assets.empty();
    page_ = result.last ? ranked_pages + 1 : page_ + 1;
    // Without ranks, coins/list alone could not tell which coin a ticker means.
    if (!result.error && page_ > ranked_pages && !any_ranked_) {
      result.error = failed(error_kind::malformed, "no page of coins by rank holds any");
    }
    return result;
  }

  const settings& with_;
  id_book book_{pinned_ids()};
  std::size_t page_ = 1;
  bool any_ranked_ = false;
  bool ended_ = false;
};

class coingecko_provider final : public provider {
 public:
  explicit coingecko_provider(const access& with) {
    settings_.tier = with.says("tier", "pro") ? key_tier::pro : key_tier::demo;
    settings_.key = with.key;
  }

  std::string_view source() const noexcept override { return coingecko::source; }
  std::string_view base_path() const noexcept override { return coingecko::base_path; }
  bool supports(const symbol& what) const noexcept override { return coingecko::supports(what); }

  std::vector<std::unique_ptr<quotes_conversation>> ask_once(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> result;
    for (auto& what : plan_calls(symbols, book_)) {
      result.push_back(std::make_unique<markets_conversation>(std::move(what), settings_));
    }
    return result;
  }

  bool lists(asset_class kind) const noexcept override { return kind == asset_class::crypto; }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    if (!lists(kind)) return nullptr;
    return std::make_unique<coins_conversation>(settings_);
  }

  void learn(assets_conversation& ended) override {
    auto* const coins = dynamic_cast<coins_conversation*>(&ended);
    if (coins && coins->succeeded()) book_ = std::move(coins->book());
  }

 private:
  settings settings_;
  id_book book_{pinned_ids()};
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& with) {
  return std::make_unique<coingecko_provider>(with);
}

}  // namespace tributary::providers::market::coingecko
