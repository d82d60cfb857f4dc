// SPDX-License-Identifier: MIT
#pragma once

namespace tributary::http::server {

class router;

/// Adds `GET /` of the public listener, which names the product, its version and the routes that
/// `clients` has by then. Call it last. An endpoint that has this path keeps it.
void add_index_route(router& clients);

}  // namespace tributary::http::server
