// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/server_metrics.hpp"
#include "http/server/exchange.hpp"
#include "http/server/router.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::server {

/// The request's path for a log: values of these of its parameters are replaced.
std::string path_without(const request& asked, const std::vector<std::string>& secrets);

/// A raw query for a log: values of these parameters, however their names are escaped, are
/// replaced.
std::string query_without(std::string_view query, const std::vector<std::string>& secrets);

/// Counts and logs each request of one listener.
class request_observer final : public observer {
 public:
  /// @param routes complete; both must outlive this
  request_observer(const router& routes, actors::telemetry::server_metrics& metrics);

  void on_answered(const request& asked, const outcome& result) noexcept override;

 private:
  const std::vector<std::string>& secrets_of(const request& asked) const noexcept;

  const router& routes_;
  actors::telemetry::route_metrics& unmatched_;
  std::vector<actors::telemetry::route_metrics*> by_route_;
};

}  // namespace tributary::http::server
