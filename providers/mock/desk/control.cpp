// SPDX-License-Identifier: MIT
#include "providers/mock/desk/control.hpp"

#include "providers/mock/desk/service_set.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tributary::providers::mock {

namespace {

constexpr std::string_view control_path = "/_control";

reply json_reply(std::string body) {
  reply result;
  result.owned = std::move(body);
  return result;
}

bool is_reading(std::string_view method) { return method == "GET" || method == "HEAD"; }

reply list_knobs(const service_set& services, std::string_view method) {
  if (!is_reading(method)) return not_allowed("GET, HEAD");
  std::string result;
  for (const auto& each : services.all()) {
    result += result.empty() ? "{\"" : ",\"";
    result += each->what.name;
    result += "\":" + each->own_desk.current()->to_json();
  }
  return json_reply(result + '}');
}

reply on_knobs(running_service& target, std::string_view method, std::string_view body) {
  if (method == "PUT") {
    knobs next{target.what.own_knobs};
    if (const auto why = next.replace(body)) return failure(400, *why);
    target.own_desk.set(next);
  } else if (method == "DELETE") {
    target.own_desk.set(knobs{target.what.own_knobs});
  } else if (!is_reading(method)) {
    return not_allowed("GET, HEAD, PUT, DELETE");
  }
  return json_reply(target.own_desk.current()->to_json());
}

reply show_ledger(const running_service& target, std::string_view method) {
  if (!is_reading(method)) return not_allowed("GET, HEAD");
  auto result = target.own_desk.counts().to_json();
  target.behind->add_to_ledger(result);
  return json_reply(result.dump());
}

}  // namespace

bool is_control(std::string_view path) noexcept {
  if (!path.starts_with(control_path)) return false;
  path.remove_prefix(control_path.size());
  return path.empty() || path.front() == '/';
}

reply control(const service_set& services, std::string_view method, std::string_view path,
              std::string_view body) {
  path.remove_prefix(control_path.size());
  if (path.empty() || path == "/") return list_knobs(services, method);
  path.remove_prefix(1);
  const auto end = path.find('/');
  auto* target = services.find(path.substr(0, end));
  if (target == nullptr) return failure(404, "no such service; known are " + services.names());
  if (end == path.npos) return on_knobs(*target, method, body);
  if (path.substr(end) == "/ledger") return show_ledger(*target, method);
  return failure(404, "no such path; below a service there is /ledger");
}

}  // namespace tributary::providers::mock
