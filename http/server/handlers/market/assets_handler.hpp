// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/asset_shelf.hpp"
#include "http/server/exchange.hpp"

#include <memory>

namespace tributary::http::server {

/// `GET /v1/assets/{asset_type}`: the lists of assets, from the shelf, on the worker's own thread.
/// Asks no actor, so nothing here waits.
class assets_handler final : public handler {
 public:
  explicit assets_handler(std::shared_ptr<const actors::market::asset_shelf> shelf);

  void handle(const request& asked, responder answer) override;

 private:
  std::shared_ptr<const actors::market::asset_shelf> shelf_;
};

}  // namespace tributary::http::server
