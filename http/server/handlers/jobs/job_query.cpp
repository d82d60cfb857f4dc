// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_query.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tributary::http::server {

std::optional<std::string> job_query::value(std::string_view name) {
  std::optional<std::string> result;
  std::string decoded;
  for (auto rest = raw_; const auto item = wire::next_query_item(rest);) {
    // A target with malformed escapes has been refused before.
    wire::percent_decode(item->name, decoded);
    if (decoded != name) continue;
    if (result) {
      refuse(name, "must be given only once");
      return std::nullopt;
    }
    wire::percent_decode(item->value, result.emplace());
  }
  return result;
}

void job_query::refuse(std::string_view name, std::string_view why) {
  auto& complaint = complaints_.emplace_back();
  complaint.detail.append(name).append(" ").append(why);
  complaint.parameter = name;
}

bool job_query::flag(std::string_view name) {
  const auto text = value(name);
  if (text && *text != "true" && *text != "false") refuse(name, "must be `true` or `false`");
  return text == "true";
}

job_wait read_preferred_wait(const request& asked) {
  wire::preferences preferences;
  asked.each_header("Prefer",
                    [&](std::string_view value) { read_preferences(value, preferences); });
  if (!preferences.wait) return {};
  return {std::min(*preferences.wait, longest_job_wait), true};
}

job_wait read_job_wait(const request& asked, job_query& query) {
  const auto text = query.value("wait");
  if (!text) return read_preferred_wait(asked);
  std::int64_t seconds = 0;
  const auto is_number = !text->empty() && std::ranges::all_of(*text, wire::is_digit);
  const auto read = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (!is_number) {
    query.refuse("wait", "must be a whole number of seconds");
    return {};
  }
  if (read.ec == std::errc::result_out_of_range) return {longest_job_wait, false};
  return {std::min(std::chrono::seconds{seconds}, longest_job_wait), false};
}

}  // namespace tributary::http::server
