// SPDX-License-Identifier: MIT
#include "providers/mock/services.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace tributary::providers::mock {

namespace {

/// Streams of the random sequence that decides about mishaps, apart from those of the data.
constexpr std::uint64_t delay_stream = 100;
constexpr std::uint64_t error_stream = 200;

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

/// First value of a query parameter, decoded; `+` stays a plus, as RFC 3986 has it and as the
/// offset of a time needs it. Empty when there is none.
std::string query_value(const boost::urls::url_view& url, std::string_view name) {
  for (const auto& parameter : url.encoded_params()) {
    if (parameter.key.decode() == name) return parameter.value.decode();
  }
  return {};
}

std::optional<service> service_called(std::string_view name) {
  for (unsigned i = 0; i < service_count; ++i) {
    const auto candidate = static_cast<service>(i);
    if (to_string(candidate) == name) return candidate;
  }
  return std::nullopt;
}

/// Sets one end of a range from a parameter that may be absent; false when it is no instant.
bool read_end(std::string_view text, instant& end) {
  if (text.empty()) return true;
  const auto parsed = parse_instant(text);
  if (parsed) end = *parsed;
  return parsed.has_value();
}

}  // namespace

document_store::document_store() : slots_(service_count * (stand_in_data::customers + 1)) {}

document_store::~document_store() {
  for (auto& place : slots_) delete place.load(std::memory_order_relaxed);
}

std::string_view document_store::publish(slot& where, std::string document) {
  auto mine = std::make_unique<const std::string>(std::move(document));
  const std::string* present = nullptr;
  // Two threads may render the same document at once; the first to get here stays.
  if (where.compare_exchange_strong(present, mine.get(), std::memory_order_acq_rel)) {
    return *mine.release();
  }
  return *present;
}

services::services(std::uint64_t seed, const std::array<knobs, service_count>& initial)
    : seed_(seed), data_(seed) {
  for (unsigned i = 0; i < service_count; ++i) set(static_cast<service>(i), initial[i]);
}

knobs services::current(service s) const {
  const std::lock_guard lock{of(s).mutex};
  return of(s).active;
}

void services::set(service s, const knobs& k) {
  const std::lock_guard lock{of(s).mutex};
  of(s).active = k;
  of(s).calm.store(k == knobs{}, std::memory_order_relaxed);
}

std::uint64_t services::requests(service s) const noexcept {
  return of(s).served.load(std::memory_order_relaxed);
}

scripted_reply services::answer(std::string_view method, std::string_view target,
                                std::string_view body) {
  constexpr std::string_view control_path = "/_control";
  constexpr std::string_view customer_path = "/customers/";
  const auto parsed = boost::urls::parse_origin_form({target.data(), target.size()});
  if (!parsed) return {failure(400, "the target is not a path with an optional query")};
  const auto& url = *parsed;
  const std::string path = url.path();
  if (path == control_path) return {control(method, {}, body)};
  if (path.starts_with("/_control/")) {
    return {control(method, std::string_view{path}.substr(control_path.size() + 1), body)};
  }
  const bool readable = method == "GET" || method == "HEAD";
  if (path.starts_with(customer_path)) {
    if (!readable) return {not_allowed("GET, HEAD")};
    return serve(service::customer, customer(std::string_view{path}.substr(customer_path.size())));
  }
  const bool is_transaction = path == "/transactions";
  if (!is_transaction && path != "/master-data") return {failure(404, "no such path")};
  if (!readable) return {not_allowed("GET, HEAD")};
  const auto id = query_value(url, "customer_id");
  if (!is_transaction) return serve(service::master, master_data(id));
  return serve(service::transaction,
               transactions(id, query_value(url, "from"), query_value(url, "to")));
}

scripted_reply services::serve(service s, reply answer) {
  auto& mine = of(s);
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
  if (fate.malformed) {
    // The length stays, and no parser can take it: the object is closed by a bracket.
    result.answer.owned = std::string{result.answer.body()};
    result.answer.owned.back() = ']';
    result.answer.shared = {};
  }
  return result;
}

reply services::customer(std::string_view id) {
  const auto number = stand_in_data::number_of(id);
  if (!number) return failure(404, "no such customer");
  reply result;
  result.shared =
      documents_.get(service::customer, *number, [&] { return data_.customer(*number); });
  return result;
}

reply services::master_data(std::string_view id) {
  if (id.empty()) return failure(400, "customer_id is missing");
  reply result;
  if (const auto number = stand_in_data::number_of(id)) {
    result.shared =
        documents_.get(service::master, *number, [&] { return data_.master_data(*number); });
  } else {
    result.shared = R"({"products":[],"categories":[]})";
  }
  return result;
}

reply services::transactions(std::string_view id, std::string_view from, std::string_view to) {
  if (id.empty()) return failure(400, "customer_id is missing");
  instant_range range;
  if (!read_end(from, range.from)) return failure(400, "from is not an RFC 3339 date-time");
  if (!read_end(to, range.to)) return failure(400, "to is not an RFC 3339 date-time");
  if (range.to < range.from) return failure(400, "from is later than to");
  const auto number = stand_in_data::number_of(id);
  reply result;
  if (!number) {
    result.shared = R"({"transactions":[]})";
  } else if (from.empty() && to.empty()) {
    result.shared =
        documents_.get(service::transaction, *number, [&] { return data_.transactions(*number); });
  } else {
    result.owned = data_.transactions(*number, range);
  }
  return result;
}

reply services::control(std::string_view method, std::string_view name, std::string_view body) {
  const bool readable = method == "GET" || method == "HEAD";
  reply result;
  if (name.empty()) {
    if (!readable) return not_allowed("GET, HEAD");
    for (unsigned i = 0; i < service_count; ++i) {
      const auto s = static_cast<service>(i);
      result.owned += i == 0 ? "{\"" : ",\"";
      result.owned += to_string(s);
      result.owned += "\":" + to_json(current(s));
    }
    result.owned += '}';
    return result;
  }
  const auto s = service_called(name);
  if (!s) return failure(404, "no such service; known are customer, master, transaction");
  if (method == "PUT") return put_knobs(*s, body);
  if (method == "DELETE") {
    set(*s, {});
  } else if (!readable) {
    return not_allowed("GET, HEAD, PUT, DELETE");
  }
  result.owned = to_json(current(*s));
  return result;
}

reply services::put_knobs(service s, std::string_view body) {
  const auto parsed = parse_knobs(body);
  if (const auto* error = std::get_if<knob_error>(&parsed)) return failure(400, error->message);
  set(s, std::get<knobs>(parsed));
  reply result;
  result.owned = to_json(current(s));
  return result;
}

}  // namespace tributary::providers::mock
