// SPDX-License-Identifier: MIT
#pragma once

#include "actors/actor_tree.hpp"

#include <atomic>
#include <chrono>
#include <string>

namespace tributary::http::server {

class router;

/// What the three health routes tell: `/livez` that the process runs, `/readyz` whether it takes
/// requests, `/health` how each thing that it depends on is.
struct health_view {
  explicit health_view(const actors::tree_state& watched);

  const actors::tree_state& tree;
  const std::string started_text;  ///< RFC 3339, UTC
  std::atomic<bool> ready{false};  ///< listeners up and not draining
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// The document of `/health`: each upstream by name with the state of its breaker, and the caches.
std::string health_document(const health_view& view);

/// Adds `/livez`, `/readyz` and `/health`. `view` must outlive the router.
void add_health_routes(router& routes, const health_view& view);

}  // namespace tributary::http::server
