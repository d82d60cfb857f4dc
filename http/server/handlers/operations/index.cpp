// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/index.hpp"

#include "http/server/router.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tributary::http::server {

namespace {

constexpr std::string_view index_path = "/";

std::string index_text(const router& clients) {
  nlohmann::ordered_json text{{"product", "tributary"}, {"version", TRIBUTARY_VERSION}};
  auto& routes = text["routes"] = nlohmann::ordered_json::array();
  for (const auto& each : clients.routes()) {
    routes.push_back({{"method", to_string(each.method)},
                      {"path", each.path},
                      {"summary", each.options.summary}});
  }
  return text.dump();
}

}  // namespace

void add_index_route(router& clients) {
  const auto& declared = clients.routes();
  const auto taken = std::any_of(declared.begin(), declared.end(), [](const auto& each) {
    return each.method == method::get && each.path == index_path;
  });
  if (taken) return;
  route_options options;
  options.summary = "Names the product, its version and these routes.";
  options.produces = {"application/json"};
  clients.add(
      method::get, index_path,
      [text = index_text(clients)](const request&, responder answer) {
        std::move(answer).respond(make_response(200, "application/json", text));
      },
      std::move(options));
}

}  // namespace tributary::http::server
