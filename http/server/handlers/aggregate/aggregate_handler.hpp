// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/judge.hpp"
#include "actors/aggregation/plan.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/aggregate/aggregate_refs.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace tributary::actors::telemetry {
struct endpoint_metrics;
}

namespace tributary::http::server {

/// Serves one declared endpoint: translates a request into a call to the cache or the aggregator,
/// and its reply into HTTP. Knows what is asked and how answers look, nothing of upstreams.
class aggregate_handler final : public handler {
 public:
  /// @param refs one for each worker; they outlive the handler
  aggregate_handler(std::shared_ptr<const actors::aggregation::endpoint_plan> plan,
                    std::vector<aggregate_refs>& refs,
                    actors::telemetry::endpoint_metrics& metrics);

  void handle(const request& asked, responder answer) override;

 private:
  class call;

  bool answer_hot(const request& asked, responder& answer, aggregate_refs& refs,
                  std::string_view key, actors::aggregation::strictness handling);

  std::shared_ptr<const actors::aggregation::endpoint_plan> plan_;
  std::vector<aggregate_refs>& refs_;
  actors::telemetry::endpoint_metrics& metrics_;
};

}  // namespace tributary::http::server
