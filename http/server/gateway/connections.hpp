// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

namespace tributary::actors {
struct tree_state;
}
namespace tributary::actors::runtime {
class runtime;
}
namespace tributary::http::client {
class name_resolver;
}

namespace tributary::http::server {

/// Opens what the actors talk through: a pool for each upstream and a client for each Redis, one on
/// each loop. Waits for no connection: who needs one does without until it is there. Not from a
/// worker's thread.
/// @throws std::runtime_error that names an upstream or a Redis and what is wrong with its TLS
///   settings
void open_connections(actors::tree_state& tree, actors::runtime::runtime& threads,
                      const std::shared_ptr<client::name_resolver>& resolver);

/// Closes all of them, each on its loop. Not from a worker's thread.
void close_connections(actors::tree_state& tree, actors::runtime::runtime& threads);

}  // namespace tributary::http::server
