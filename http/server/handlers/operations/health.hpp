// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tributary::actors {
struct tree_state;
}

namespace tributary::http::server {

class health_report;
class router;

/// What the three health routes tell: whether the process answers, whether it wants to be sent
/// requests, and how what it depends on is doing.
struct health_view {
  explicit health_view(const actors::tree_state& watched);

  /// True while clients should be sent here: the start is over, no stop has begun, and all who were
  /// asked to judge agree. Any thread.
  bool is_ready() const;

  const actors::tree_state& tree;
  /// Who else adds to the report and has a say in `is_ready`. Not changed once requests come.
  std::vector<std::function<void(health_report&)>> reporters;
  std::vector<std::function<bool()>> judges;
  const std::string started_text;    ///< RFC 3339, UTC
  std::atomic<bool> serving{false};  ///< listeners up and not draining
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// The document of `/health`: each upstream by name with the state of its breaker, the Redis
/// servers, and what the reporters add.
std::string health_document(const health_view& view);

/// Adds `/livez`, `/readyz` and `/health`. `view` must outlive the router.
void add_health_routes(router& routes, const health_view& view);

}  // namespace tributary::http::server
