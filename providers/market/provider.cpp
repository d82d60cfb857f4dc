// SPDX-License-Identifier: MIT
#include "providers/market/provider.hpp"

#include <unordered_set>
#include <utility>

namespace tributary::providers::market {

std::vector<std::unique_ptr<quotes_conversation>> provider::ask(std::vector<symbol> symbols) {
  if (symbols.size() > 1) {
    std::unordered_set<std::string> seen;
    std::erase_if(symbols, [&](const symbol& one) { return !seen.insert(one.text).second; });
  }
  return ask_once(std::move(symbols));
}

}  // namespace tributary::providers::market
