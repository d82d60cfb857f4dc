// SPDX-License-Identifier: MIT
#pragma once

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/store/redis_resources.hpp"

#include <memory>
#include <string>

namespace tributary::actors::store {

/// The way to one Redis, one a worker: lets batches pass as the breaker says, on the connection of
/// the worker it happens to run on. A Redis that is away or hangs costs its callers at most the
/// command timeout, and nothing once the breaker is open.
class redis_actor final : public runtime::observed_actor {
 public:
  redis_actor(caf::actor_config& cfg, std::string path, std::shared_ptr<redis_resources> resources);
  caf::behavior make_behavior() override;

 private:
  void on_request(redis_request& message);

  std::shared_ptr<redis_resources> resources_;
};

}  // namespace tributary::actors::store
