// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/provider.hpp"

#include "providers/market/quote_sheet.hpp"
#include "providers/market/yahoo/session_keeper.hpp"
#include "providers/market/yahoo/yahoo.hpp"
#include "providers/market/yahoo/yahoo_assets.hpp"
#include "providers/market/yahoo/yahoo_quotes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tributary::providers::market::yahoo {

namespace {

class yahoo_provider final : public provider {
 public:
  std::string_view source() const noexcept override { return yahoo::source; }

  bool supports(const symbol& what) const noexcept override { return has_wire_symbol(what); }

  std::vector<std::unique_ptr<quotes_conversation>> ask_once(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> result;
    for (auto from = symbols.begin(); from != symbols.end();) {
      const auto left = static_cast<std::size_t>(symbols.end() - from);
      const auto to = from + static_cast<std::ptrdiff_t>(std::min(left, max_per_quote));
      std::vector<symbol> part(std::move_iterator{from}, std::move_iterator{to});
      result.push_back(std::make_unique<yahoo_quotes>(std::move(part), *keeper_));
      from = to;
    }
    return result;
  }

  /// The first conversation gets the session for all.
  std::size_t parallel() const noexcept override {
    return keeper_->current() || !keeper_->may_begin() ? 4 : 1;
  }

  bool lists(asset_class kind) const noexcept override { return has_list(kind); }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    if (!lists(kind)) return nullptr;
    return std::make_unique<yahoo_assets>(kind, *keeper_);
  }

 private:
  // Lists get sessions too.
  std::unique_ptr<session_keeper> keeper_ = std::make_unique<session_keeper>();
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& /*with*/) {
  return std::make_unique<yahoo_provider>();
}

}  // namespace tributary::providers::market::yahoo
