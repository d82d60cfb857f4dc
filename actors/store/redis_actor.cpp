// SPDX-License-Identifier: MIT
#include "actors/store/redis_actor.hpp"

#include "actors/runtime/worker.hpp"
#include "providers/redis/client.hpp"

#include <utility>

namespace tributary::actors::store {

redis_actor::redis_actor(caf::actor_config& cfg, std::string path,
                         std::shared_ptr<redis_resources> resources)
    : observed_actor(cfg, std::move(path), "redis"), resources_(std::move(resources)) {}

caf::behavior redis_actor::make_behavior() {
  return {[this](redis_request& m) { on_request(m); }};
}

void redis_actor::on_request(redis_request& message) {
  const auto now = clock().now();
  const auto decision = resources_->admit(now);
  if (!decision.admitted) return message.call->fail(redis::failure::not_connected);
  auto& client = *resources_->clients[runtime::worker::current()->index()];
  message.call->send(client, *resources_, decision.permit, now);
}

}  // namespace tributary::actors::store
