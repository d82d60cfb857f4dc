// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/market_settings.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/market/market_refs.hpp"
#include "http/server/handlers/market/quote_hub.hpp"

#include <memory>
#include <vector>

namespace tributary::actors::telemetry {
class registry;
}

namespace tributary::http::server {

class router;

/// Serves `GET /v1/quotes/stream`: hands each request to the hub of its loop.
class quote_stream_handler final : public handler {
 public:
  explicit quote_stream_handler(std::vector<std::shared_ptr<quote_hub>> hubs);

  void handle(const request& asked, responder answer) override;

 private:
  std::vector<std::shared_ptr<quote_hub>> hubs_;
};

/// One hub for each loop, which talk to the board and the quote book of `refs[i]`. The references
/// may be filled in later; they outlive the hubs.
std::vector<std::shared_ptr<quote_hub>> make_quote_hubs(std::shared_ptr<quote_streams> shared,
                                                        const std::vector<io::event_loop*>& loops,
                                                        std::vector<market_refs>& refs);

/// Shows the clients of streams and what became of them. Once, at start-up.
void watch_streams(actors::telemetry::registry& metrics,
                   std::shared_ptr<const quote_streams> streams);

/// Adds `/v1/quotes` and `/v1/quotes/stream`.
void add_quote_routes(router& routes, const config::market_settings& settings,
                      std::vector<market_refs>& refs, std::vector<std::shared_ptr<quote_hub>> hubs);

}  // namespace tributary::http::server
