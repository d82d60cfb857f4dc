// SPDX-License-Identifier: MIT
#pragma once

#include "../offline_client.hpp"
#include "providers/mock/market/market.hpp"
#include "providers/mock/stand_ins.hpp"

#include <string>
#include <string_view>

namespace tributary::tests {

/// Asks the providers without a socket.
struct market_client : offline_client {
  market_client() : offline_client(mock::services(), mock::market::on_port) {}
};

/// What stands between `from` and the next `to`; empty when `from` is not there.
inline std::string between(std::string_view text, std::string_view from, std::string_view to) {
  const auto begin = text.find(from);
  if (begin == text.npos) return {};
  const auto rest = text.substr(begin + from.size());
  return std::string{rest.substr(0, rest.find(to))};
}

}  // namespace tributary::tests
