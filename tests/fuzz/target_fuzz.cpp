// SPDX-License-Identifier: MIT
#include "http/server/router.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/problem.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using namespace tributary::http;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const server::router& routes() {
  static const auto made = [] {
    auto table = std::make_unique<server::router>();
    const auto nothing = [](const server::request&, server::responder) {};
    server::route_options json;
    json.produces = {"application/json", "text/event-stream"};
    for (const auto* path : {"/", "/a", "/a/{b}", "/a/{b}/c", "/{x}/{y}/{z}", "/a/b/c"}) {
      table->add(server::method::get, path, nothing, json);
    }
    return table;
  }();
  return *made;
}

void check_target(std::string_view target) {
  const auto parts = wire::parse_origin_form(target);
  if (!parts) return;
  require(parts->path.front() == '/');
  require(parts->path.size() + parts->query.size() + (parts->has_query ? 1 : 0) == target.size());
  std::string decoded;
  require(wire::percent_decode(parts->path, decoded));
  std::string encoded;
  wire::append_percent_encoded(encoded, decoded);
  std::string again;
  require(wire::percent_decode(encoded, again) && again == decoded);
  auto rest = parts->query;
  while (const auto item = wire::next_query_item(rest)) {
    require(wire::percent_decode(item->value, decoded, wire::plus::is_space));
  }
}

void check_route(std::string_view target, std::string_view accept) {
  const auto parts = wire::parse_origin_form(target);
  if (!parts) return;
  server::request asked;
  asked.method = server::method::get;
  asked.target = target;
  asked.path = parts->path;
  asked.headers.push_back({"Accept", accept});
  server::response answer;
  const auto* found = routes().resolve(asked, answer);
  require(found != nullptr || answer.status == 404 || answer.status == 406);
  for (const auto& parameter : asked.path_parameters) require(!parameter.value.empty());
}

}  // namespace

/// First line: the target; the rest: Accept, Prefer and If-None-Match.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.substr(0, input.find('\n'));
  const auto value = input.substr(std::min(line.size() + 1, input.size()));
  check_target(line);
  check_route(line, value);
  (void)wire::is_valid_host(line);
  const int weight = wire::acceptance(value, "application/json");
  require(weight >= 0 && weight <= 1000);
  wire::preferences read;
  wire::read_preferences(value, read);
  (void)wire::matches_etag(value, "\"a\"");
  std::string json;
  wire::append_json_string(json, input);
  require(json.size() >= 2 && json.find('\n') == json.npos);
  return 0;
}
