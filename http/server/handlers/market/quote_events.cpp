// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quote_events.hpp"

#include "http/server/handlers/market/quotes_output.hpp"
#include "http/wire/json_string.hpp"

#include <charconv>
#include <system_error>

namespace tributary::http::server {

namespace {

std::string id_line(std::string_view epoch, std::uint64_t revision) {
  std::string result{"id: "};
  result.append(epoch).append("-").append(std::to_string(revision)).append("\n");
  return result;
}

}  // namespace

quote_event render_quote_event(std::string_view epoch, std::uint64_t revision,
                               std::string_view json) {
  auto text = id_line(epoch, revision);
  const auto id_size = text.size();
  text.reserve(id_size + json.size() + 32);
  text.append("event: quote\ndata: ").append(json).append("\n\n");
  return {wire::shared_bytes{text}, id_size};
}

wire::shared_bytes render_id_line(std::string_view epoch, std::uint64_t revision) {
  return wire::shared_bytes{id_line(epoch, revision)};
}

void append_error_event(std::string& out, const providers::market::failure& why) {
  out += "event: quote-error\ndata: ";
  append_failure(out, why);
  out += "\n\n";
}

std::string dropped_event(std::string_view reason) {
  std::string result{"event: dropped\ndata: {\"reason\":"};
  wire::append_json_string(result, reason);
  result += "}\n\n";
  return result;
}

std::optional<std::uint64_t> revision_of(std::string_view epoch, std::string_view last_event_id) {
  if (!last_event_id.starts_with(epoch)) return std::nullopt;
  last_event_id.remove_prefix(epoch.size());
  if (last_event_id.empty() || last_event_id.front() != '-') return std::nullopt;
  last_event_id.remove_prefix(1);
  std::uint64_t revision = 0;
  const auto* end = last_event_id.data() + last_event_id.size();
  const auto [stop, error] = std::from_chars(last_event_id.data(), end, revision);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return revision;
}

}  // namespace tributary::http::server
