// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::actors::guards {

/// All upstreams of the process, found by name. What is here lives on when a configuration is
/// replaced by another: an upstream that both name keeps its breaker, buckets, pools and counters.
///
/// Filled before the actors start, then read by any thread.
class upstream_registry {
 public:
  struct terms {
    std::size_t workers = 1;
    bool has_redis = false;          ///< instances may share limits
    std::function<double()> random;  ///< [0, 1), any thread
    /// Where the actor is that shares breakers with other instances; null: nothing is shared.
    std::shared_ptr<supervision::slot> sharing;
  };

  /// @param metrics must outlive all calls
  upstream_registry(terms t, telemetry::server_metrics& metrics);

  /// The upstream of that name, made by these settings if it is new. Its connections are not
  /// opened.
  std::shared_ptr<upstream_resources> add(const config::upstream_settings& settings);

  /// Null when there is none of that name.
  std::shared_ptr<upstream_resources> find(std::string_view name) const noexcept;

  /// By `upstream_resources::number`.
  std::span<const std::shared_ptr<upstream_resources>> all() const noexcept { return all_; }

 private:
  terms terms_;
  telemetry::server_metrics& metrics_;
  std::vector<std::shared_ptr<upstream_resources>> all_;
};

}  // namespace tributary::actors::guards
