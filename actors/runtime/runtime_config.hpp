// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/actor_cell.hpp"

#include <caf/actor_system_config.hpp>

#include <memory>

namespace tributary::actors::runtime {

/// CAF's configuration plus what every actor of one system shares.
struct runtime_config : caf::actor_system_config {
  std::shared_ptr<actor_directory> directory = std::make_shared<actor_directory>();
};

}  // namespace tributary::actors::runtime
