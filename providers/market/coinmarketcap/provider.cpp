// SPDX-License-Identifier: MIT
#include "providers/market/coinmarketcap/provider.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/coinmarketcap/coinmarketcap.hpp"
#include "providers/market/conversations.hpp"

#include <utility>

namespace tributary::providers::market::coinmarketcap {

namespace {

/// Twice as many coins as are active; a provider whose pages never end is not followed further.
constexpr std::size_t most_pages = 4;

/// Calls for the same coins: each that fails names some at fault, but hardly one by one.
constexpr std::size_t most_rounds = 4;

/// Asks again for the rest where a call failed because of some of its symbols.
class latest_conversation final : public quotes_conversation {
 public:
  latest_conversation(call what, const settings& with)
      : sheet_(symbols_in(what)), left_(std::move(what)), with_(with) {}

  std::optional<wire_request> next() override {
    if (left_.asked.empty()) return {};
    return quotes_request(left_, with_);
  }

  std::optional<failure> take(const wire_answer& answer) override {
    auto part = read_quotes(left_, answer);
    auto why = failure_of_all(part);
    left_ = left_to_ask(left_, part);
    sheet_.enter(std::move(part));
    if (++rounds_ == most_rounds) {
      left_.asked.clear();
      sheet_.enter_rest(failed(error_kind::bad_request, "the call failed because of others"));
    }
    return why;
  }

  quotes_result finish(const failure& otherwise) override { return sheet_.finish(otherwise); }
  bool asks_for(std::string_view symbol) const noexcept override { return sheet_.asks_for(symbol); }

 private:
  quote_sheet sheet_;
  call left_;
  const settings& with_;
  std::size_t rounds_ = 0;
};

class map_conversation final : public list_conversation {
 public:
  explicit map_conversation(const settings& with)
      : list_conversation(asset_class::crypto), with_(with) {}

  id_book& book() noexcept { return book_; }

 private:
  std::optional<wire_request> request() const override {
    if (page_ > most_pages) return {};
    return map_request(page_, with_);
  }

  assets_result read(const wire_answer& answer) override {
    auto result = read_list_page(answer, book_);
    page_ = result.last ? most_pages + 1 : page_ + 1;
    return result;
  }

  const settings& with_;
  id_book book_{pinned_ids()};
  std::size_t page_ = 1;
};

path_version version_of(const access& with) {
  if (with.says("version", "v1")) return path_version::v1;
  return with.says("version", "v3") ? path_version::v3 : path_version::v2;
}

class coinmarketcap_provider final : public provider {
 public:
  explicit coinmarketcap_provider(const access& with) : settings_{with.key, version_of(with)} {}

  std::string_view source() const noexcept override { return coinmarketcap::source; }
  bool supports(const symbol& what) const noexcept override {
    return coinmarketcap::supports(what);
  }

  std::vector<std::unique_ptr<quotes_conversation>> ask_once(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> result;
    for (auto& what : plan_calls(symbols, book_)) {
      result.push_back(std::make_unique<latest_conversation>(std::move(what), settings_));
    }
    return result;
  }

  bool lists(asset_class kind) const noexcept override { return kind == asset_class::crypto; }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    if (!lists(kind)) return nullptr;
    return std::make_unique<map_conversation>(settings_);
  }

  void learn(assets_conversation& ended) override {
    auto* const map = dynamic_cast<map_conversation*>(&ended);
    if (map && map->succeeded()) book_ = std::move(map->book());
  }

 private:
  settings settings_;
  id_book book_{pinned_ids()};
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& with) {
  return std::make_unique<coinmarketcap_provider>(with);
}

}  // namespace tributary::providers::market::coinmarketcap
