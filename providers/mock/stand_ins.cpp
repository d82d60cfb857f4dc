// SPDX-License-Identifier: MIT
#include "providers/mock/stand_ins.hpp"

#include "providers/mock/customers/customers.hpp"
#include "providers/mock/market/market.hpp"
#include "providers/mock/vendors/vendors.hpp"

#include <algorithm>
#include <array>

namespace tributary::providers::mock {

namespace {

/// A service is named here, and nowhere else outside of its room.
constexpr std::array all{
    &customers::customer,           &customers::master,
    &customers::transaction,        &market::yfinance_service,
    &market::finnhub_service,       &market::coingecko_service,
    &market::coinmarketcap_service, &market::alpha_vantage_service,
    &vendors::sync_service,         &vendors::async_service,
};

}  // namespace

service_list services() noexcept { return all; }

std::vector<const port_flag*> listeners_of(service_list list) {
  std::vector<const port_flag*> result;
  for (const auto* each : list) {
    if (std::find(result.begin(), result.end(), &each->on) == result.end()) {
      result.push_back(&each->on);
    }
  }
  return result;
}

}  // namespace tributary::providers::mock
