// SPDX-License-Identifier: MIT
#include "config/sections/market_symbol_list.hpp"

namespace tributary::config {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string_view> split_symbols(std::string_view text) {
  std::vector<std::string_view> result;
  if (trimmed(text).empty()) return result;
  while (true) {
    const auto comma = text.find(',');
    result.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return result;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace tributary::config
