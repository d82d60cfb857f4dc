// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/provider.hpp"

#include "providers/market/alpha_vantage/alpha_vantage.hpp"
#include "providers/market/conversations.hpp"

#include <utility>

namespace tributary::providers::market::alpha_vantage {

namespace {

bool is_known_form(const symbol& what) noexcept {
  return what.kind != asset_class::stock || what.text.find_first_of("^=") == what.text.npos;
}

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

class alpha_vantage_provider final : public provider {
 public:
  explicit alpha_vantage_provider(const access& with) : key_(with.key) {}

  std::string_view source() const noexcept override { return alpha_vantage::source; }
  bool supports(const symbol& what) const noexcept override { return is_known_form(what); }

  std::vector<std::unique_ptr<quotes_conversation>> ask(std::vector<symbol> symbols) override {
    std::vector<std::unique_ptr<quotes_conversation>> out;
    for (auto& what : without_repeated(std::move(symbols)))
      if (is_known_form(what))
        out.push_back(std::make_unique<quote_conversation>(std::move(what), key_));
    return out;
  }

  bool lists(asset_class) const noexcept override { return true; }

  std::unique_ptr<assets_conversation> list(asset_class kind) const override {
    switch (kind) {
      case asset_class::crypto:
        return std::make_unique<one_page_list>(kind, digital_currencies_request(),
                                               read_digital_currencies, key_);
      case asset_class::forex:
        return std::make_unique<one_page_list>(kind, physical_currencies_request(),
                                               read_physical_currencies, key_);
      case asset_class::stock:
        break;
    }
    return std::make_unique<one_page_list>(kind, listing_request(key_), read_listing, key_);
  }

 private:
  std::string key_;
};

}  // namespace

std::unique_ptr<provider> make_provider(const access& with) {
  return std::make_unique<alpha_vantage_provider>(with);
}

}  // namespace tributary::providers::market::alpha_vantage
