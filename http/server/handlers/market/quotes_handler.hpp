// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/market_settings.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/market/market_refs.hpp"

#include <chrono>
#include <vector>

namespace tributary::http::server {

/// Serves `GET /v1/quotes`: asks the board of its worker, which answers from memory where it can.
class quotes_handler final : public handler {
 public:
  /// @param refs one for each worker; they outlive the handler
  quotes_handler(const config::market_settings& settings, std::vector<market_refs>& refs);

  void handle(const request& asked, responder answer) override;

 private:
  class call;

  std::chrono::milliseconds quote_ttl_;
  std::chrono::milliseconds timeout_;
  std::vector<market_refs>& refs_;
};

}  // namespace tributary::http::server
