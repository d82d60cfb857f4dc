// SPDX-License-Identifier: MIT
#include "providers/mock/wire/front.hpp"

#include "providers/mock/desk/control.hpp"
#include "providers/mock/desk/service_set.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace tributary::providers::mock {

namespace {

/// True when `path` is `root` or below it.
bool is_within(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return false;
  return root.empty() || path.size() == root.size() || path[root.size()] == '/';
}

}  // namespace

front::front(const service_set& services, const port_flag& here) : services_(services) {
  for (const auto& each : services.all()) {
    if (&each->what.on == &here) here_.push_back(each.get());
  }
}

scripted_reply front::answer(const wire_request& received) {
  const auto url = boost::urls::parse_origin_form({received.target.data(), received.target.size()});
  if (!url) return {failure(400, "the target is not a path with an optional query")};
  const std::string path = url->path();
  if (is_control(path)) return {control(services_, received.method, path, received.body)};
  request asked{received.method, path, {}, {}, received.body, received.headers};
  for (const auto& each : url->encoded_params()) {
    asked.parameters.emplace_back(each.key.decode(), each.value.decode());
  }
  if (path == "/health") return {health(asked)};
  if (path.starts_with("/_")) return {aside(asked)};
  auto* to = service_at(asked);
  if (to == nullptr) {
    std::string known;
    for (const auto* each : here_) known.append(known.empty() ? "" : ", ").append(each->what.path);
    return {failure(404, "no such path; here are " + known)};
  }
  const auto number = to->own_desk.receive();
  try {
    return to->own_desk.deliver(number, to->behind->answer(asked));
  } catch (...) {
    to->own_desk.on_failed();
    throw;
  }
}

reply front::health(const request& asked) const {
  if (!asked.reads()) return not_allowed("GET, HEAD");
  auto names = nlohmann::json::array();
  for (const auto* each : here_) names.push_back(each->what.name);
  reply result;
  result.owned = nlohmann::ordered_json{{"status", "ok"}, {"services", std::move(names)}}.dump();
  return result;
}

reply front::aside(const request& asked) const {
  for (const auto* each : here_) {
    if (auto found = each->behind->aside(asked)) return *std::move(found);
  }
  return failure(404, "no such path");
}

running_service* front::service_at(request& asked) const {
  running_service* result = nullptr;
  for (auto* each : here_) {
    if (!is_within(asked.path, each->what.path)) continue;
    if (result == nullptr || each->what.path.size() > result->what.path.size()) result = each;
  }
  if (result != nullptr) asked.below = asked.path.substr(result->what.path.size());
  return result;
}

}  // namespace tributary::providers::mock
