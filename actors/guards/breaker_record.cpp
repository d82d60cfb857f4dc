// SPDX-License-Identifier: MIT
#include "actors/guards/breaker_record.hpp"

#include "http/wire/instant.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>

namespace tributary::actors::guards {

namespace {

using json = nlohmann::ordered_json;

/// Far more than a record takes.
constexpr std::size_t longest_text = 4096;

json time_text(const std::optional<std::int64_t>& ms) {
  if (!ms) return nullptr;
  const std::time_t seconds = *ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  size += static_cast<std::size_t>(
      std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(*ms % 1000)));
  return std::string{text, size};
}

std::optional<std::int64_t> read_time(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto at = http::wire::parse_instant(value.get_ref<const std::string&>());
  if (!at) return std::nullopt;
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    ms = 10 * ms + (i < at->fraction.size() ? at->fraction[i] - '0' : 0);
  }
  return at->seconds * 1000 + ms;
}

std::optional<breaker_state> read_state(const json& value) {
  if (!value.is_string()) return std::nullopt;
  for (const auto state : {breaker_state::closed, breaker_state::open, breaker_state::half_open}) {
    if (value.get_ref<const std::string&>() == to_string(state)) return state;
  }
  return std::nullopt;
}

json to_json(const breaker_record& record) {
  json result;
  result["state"] = to_string(record.state);
  result["failures"] = record.failures;
  result["opened_at"] = time_text(record.opened_at);
  result["retry_at"] = time_text(record.retry_at);
  return result;
}

json parse(std::string_view text) {
  if (text.size() > longest_text) return nullptr;
  return json::parse(text, nullptr, false);
}

std::optional<breaker_record> from_json(const json& from) {
  if (!from.is_object()) return std::nullopt;
  const auto state = read_state(from.value("state", json{}));
  const auto failures = from.value("failures", json{});
  if (!state || !failures.is_number_unsigned()) return std::nullopt;
  breaker_record result;
  result.state = *state;
  result.failures = failures.get<std::uint64_t>();
  if (*state == breaker_state::closed) return result;
  result.opened_at = read_time(from.value("opened_at", json{}));
  result.retry_at = read_time(from.value("retry_at", json{}));
  if (!result.opened_at) return std::nullopt;
  if (*state == breaker_state::open && !result.retry_at) return std::nullopt;
  result.since = *result.opened_at;
  return result;
}

}  // namespace

std::string write_record(const breaker_record& record) { return to_json(record).dump(); }

std::optional<breaker_record> read_record(std::string_view text) { return from_json(parse(text)); }

std::string write_message(const breaker_message& message) {
  auto result = to_json(message.record);
  result["upstream"] = message.upstream;
  result["from"] = message.from;
  result["since"] = message.record.since;
  return result.dump();
}

std::optional<breaker_message> read_message(std::string_view text) {
  const auto from = parse(text);
  auto record = from_json(from);
  if (!record) return std::nullopt;
  const auto upstream = from.value("upstream", json{});
  const auto instance = from.value("from", json{});
  const auto since = from.value("since", json{});
  if (!upstream.is_string() || !instance.is_string() || !since.is_number_integer()) {
    return std::nullopt;
  }
  record->since = since.get<std::int64_t>();
  return breaker_message{upstream.get<std::string>(), instance.get<std::string>(), *record};
}

sharing_step compare(const breaker_record& mine, const breaker_record* theirs) noexcept {
  const auto closed = mine.state == breaker_state::closed;
  if (theirs == nullptr) return closed ? sharing_step::nothing : sharing_step::write;
  if (closed && theirs->state == breaker_state::closed) return sharing_step::nothing;
  if (theirs->decided_at() == mine.decided_at()) return sharing_step::nothing;
  if (theirs->decided_at() < mine.decided_at()) return sharing_step::write;
  return theirs->state == breaker_state::half_open ? sharing_step::nothing : sharing_step::follow;
}

}  // namespace tributary::actors::guards
