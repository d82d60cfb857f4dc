// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_handler.hpp"

#include "http/server/handlers/market/assets_input.hpp"
#include "http/server/handlers/market/assets_output.hpp"

#include <chrono>
#include <utility>

namespace tributary::http::server {

namespace {

response answer_assets(const request& asked, const actors::market::asset_shelf& shelf) {
  const auto input = read_assets_input(asked);
  if (!input.kind) return unknown_asset_type(asked);
  if (!input.errors.empty()) return refuse_assets(asked, input);
  const auto table = shelf.table(*input.kind);
  if (table == nullptr) return assets_not_fetched(asked, input);
  return render_assets(asked, input, *table, shelf.ttl(), std::chrono::system_clock::now());
}

}  // namespace

assets_handler::assets_handler(std::shared_ptr<const actors::market::asset_shelf> shelf)
    : shelf_(std::move(shelf)) {}

void assets_handler::handle(const request& asked, responder answer) {
  std::move(answer).respond(answer_assets(asked, *shelf_));
}

}  // namespace tributary::http::server
