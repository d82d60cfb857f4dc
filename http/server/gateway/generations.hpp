// SPDX-License-Identifier: MIT
#pragma once

#include "config/settings.hpp"
#include "http/server/serving.hpp"

#include <memory>
#include <span>

namespace tributary::actors::telemetry {
class server_metrics;
}

namespace tributary::http::server {

class system;

/// What one configuration says, in the shape in which requests meet it. Immutable. What lives on
/// when another one takes its place (breakers, buckets, caches, pools, counters) lies beside it, in
/// the systems and in what they share, and is found by name when a generation is made.
struct process_generation {
  std::shared_ptr<const config::settings> settings;
  std::shared_ptr<const generation> clients;    ///< of the public listener
  std::shared_ptr<const generation> operators;  ///< of the operators' listener
};

/// Makes the routes of all systems by these settings.
/// @param metrics must outlive the generation
/// @throws std::runtime_error that says what in the settings cannot be served
process_generation make_generation(std::shared_ptr<const config::settings> settings,
                                   std::span<const std::unique_ptr<system>> systems,
                                   actors::telemetry::server_metrics& metrics);

}  // namespace tributary::http::server
