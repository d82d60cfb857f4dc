// SPDX-License-Identifier: MIT
#include "config/sections/market_section.hpp"

#include "config/sections/market.hpp"

namespace tributary::config {

namespace {

class market final : public section_of<market_settings> {
 public:
  explicit market(market_vocabulary known) : known_(std::move(known)) {}

  std::string name() const override { return "market data"; }

  std::vector<top_key> keys() const override {
    return {object_or_nothing("market", market_keys(known_),
                              "Market data: quotes and lists of assets; absent or `false`: none.")};
  }

  std::vector<std::string> paths() const override {
    return {std::string{quotes_path}, std::string{quote_stream_path}, std::string{assets_path}};
  }

  std::vector<std::string> key_prefixes() const override {
    return {"quote:", "assets:", "market:"};
  }

 private:
  void check(market_settings& value, const section_scope& scope) const override {
    check_market(value, known_, scope.taken_upstreams, scope.out);
  }

  std::vector<upstream_settings> upstreams(const market_settings& value) const override {
    std::vector<upstream_settings> result;
    for (const auto& provider : value.providers) {
      if (known_.is_served ? !known_.is_served(provider) : !provider.enabled) continue;
      result.push_back(provider.upstream);
      // The provider's actor sets one for each call; lists take longer.
      result.back().timeout.reset();
    }
    return result;
  }

  market_vocabulary known_;
};

}  // namespace

section_ptr market_section(market_vocabulary known) {
  return std::make_shared<market>(std::move(known));
}

}  // namespace tributary::config
