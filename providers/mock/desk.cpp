// SPDX-License-Identifier: MIT
#include "providers/mock/desk.hpp"

#include "providers/mock/stand_in_data.hpp"

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace tributary::providers::mock {

namespace {

/// Streams of the random sequence that decides about mishaps, apart from those of the data.
constexpr std::uint64_t delay_stream = 100;
constexpr std::uint64_t error_stream = 200;
constexpr std::string_view control_path = "/_control";

/// The length stays, and no parser of JSON can take it: whatever was opened is closed by the other
/// bracket.
void break_body(reply& answer) {
  answer.owned = std::string{answer.body()};
  answer.shared = {};
  if (answer.owned.empty()) return;
  answer.owned.back() = answer.owned.front() == '[' ? '}' : ']';
}

}  // namespace

reply failure(unsigned status, std::string_view message) {
  reply result;
  result.status = status;
  result.owned = nlohmann::json{{"error", message}}.dump();
  return result;
}

reply not_allowed(std::string_view allow) {
  auto result = failure(405, "method not allowed");
  result.allow = allow;
  return result;
}

desk::desk(std::uint64_t seed, const std::array<knobs, service_count>& initial) : seed_(seed) {
  for (unsigned i = 0; i < service_count; ++i) set(static_cast<service>(i), initial[i]);
}

knobs desk::current(service s) const {
  const std::lock_guard lock{state_of(s).mutex};
  return state_of(s).active;
}

void desk::set(service s, const knobs& k) {
  const std::lock_guard lock{state_of(s).mutex};
  state_of(s).active = k;
  state_of(s).calm.store(k == knobs{}, std::memory_order_relaxed);
}

std::uint64_t desk::requests(service s) const noexcept {
  return state_of(s).served.load(std::memory_order_relaxed);
}

scripted_reply desk::serve(service s, reply answer) {
  auto& mine = state_of(s);
  const auto index = mine.served.fetch_add(1, std::memory_order_relaxed);
  scripted_reply result{std::move(answer)};
  if (mine.calm.load(std::memory_order_relaxed)) return result;
  const auto active = current(s);
  const auto which = static_cast<std::uint64_t>(s);
  const auto fate = decide(active, scramble(seed_, delay_stream + which, index),
                           scramble(seed_, error_stream + which, index));
  result.delay = fate.delay;
  result.hang = fate.hang;
  result.truncate = fate.truncate;
  if (fate.error) {
    result.answer = failure(static_cast<unsigned>(active.error_status), "injected error");
  }
  if (fate.malformed) break_body(result.answer);
  return result;
}

bool desk::owns(std::string_view path) noexcept {
  if (!path.starts_with(control_path)) return false;
  path.remove_prefix(control_path.size());
  return path.empty() || path.front() == '/';
}

reply desk::control(std::string_view method, std::string_view path, std::string_view body) {
  path.remove_prefix(control_path.size());
  if (path.empty() || path == "/") return list(method);
  const auto s = service_called(path.substr(1));
  if (!s) return failure(404, "no such service; known are " + service_names());
  if (method == "PUT") return put_knobs(*s, body);
  if (method == "DELETE") {
    set(*s, {});
  } else if (method != "GET" && method != "HEAD") {
    return not_allowed("GET, HEAD, PUT, DELETE");
  }
  reply result;
  result.owned = to_json(current(*s));
  return result;
}

reply desk::list(std::string_view method) const {
  if (method != "GET" && method != "HEAD") return not_allowed("GET, HEAD");
  reply result;
  for (unsigned i = 0; i < service_count; ++i) {
    const auto s = static_cast<service>(i);
    result.owned += i == 0 ? "{\"" : ",\"";
    result.owned += to_string(s);
    result.owned += "\":" + to_json(current(s));
  }
  result.owned += '}';
  return result;
}

reply desk::put_knobs(service s, std::string_view body) {
  const auto parsed = parse_knobs(body);
  if (const auto* error = std::get_if<knob_error>(&parsed)) return failure(400, error->message);
  set(s, std::get<knobs>(parsed));
  reply result;
  result.owned = to_json(current(s));
  return result;
}

}  // namespace tributary::providers::mock
