// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk.hpp"
#include "providers/mock/market/meter.hpp"
#include "providers/mock/market/universe.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>

namespace tributary::providers::mock {

/// The five market-data providers, each below a path prefix of its own (`/yfinance` …), and
/// `/_control`; no sockets in here. Any thread.
class market_services final : public responder {
 public:
  using clock = std::function<std::chrono::system_clock::time_point()>;

  /// `knobs_and_counts` must outlive it; `now` is asked once a request.
  market_services(std::uint64_t seed, desk& knobs_and_counts,
                  clock now = &std::chrono::system_clock::now);

  scripted_reply answer(const request& asked) override;

 private:
  desk& desk_;
  clock now_;
  market::universe world_;
  std::array<market::meter, service_count> usage_;
};

}  // namespace tributary::providers::mock
