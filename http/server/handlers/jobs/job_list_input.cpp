// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_list_input.hpp"

#include "http/server/handlers/jobs/job_cursor.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/instant.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tributary::http::server {

namespace pj = providers::jobs;

namespace {

constexpr std::array<std::string_view, 9> job_statuses{
    "scheduled", "pending", "processing", "awaiting_vendor", "complete",
    "failed",    "dead",    "cancelled",  "expired"};
constexpr std::size_t longest_vendor = 64;

void read_statuses(std::string_view text, job_query& query, pj::list_filter& into) {
  for (auto at = text.begin();; ++at) {
    const auto end = std::find(at, text.end(), ',');
    const auto status = wire::trim({at, end});
    if (std::ranges::find(job_statuses, status) == job_statuses.end()) {
      return query.refuse("status",
                          "must be a list of scheduled, pending, processing, awaiting_vendor, "
                          "complete, failed, dead, cancelled and expired, with commas");
    }
    if (std::ranges::find(into.statuses, status) == into.statuses.end()) {
      into.statuses.emplace_back(status);
    }
    if (end == text.end()) return;
    at = end;
  }
}

void read_vendor(std::string&& text, job_query& query, pj::list_filter& into) {
  if (text.empty() || text.size() > longest_vendor || std::ranges::any_of(text, wire::is_control)) {
    return query.refuse("vendor", "must be the name of a vendor");
  }
  into.vendor = std::move(text);
}

/// To the millisecond, as times of jobs are: digits beyond are dropped.
std::optional<pj::instant> read_time(std::string_view name, job_query& query) {
  const auto text = query.value(name);
  if (!text) return std::nullopt;
  const auto read = wire::parse_instant(*text);
  if (!read) {
    query.refuse(name, "must be a time such as 2026-01-31T09:30:00Z (RFC 3339)");
    return std::nullopt;
  }
  auto fraction = std::string{read->fraction.substr(0, 3)};
  fraction.resize(3, '0');
  auto milliseconds = 0;
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), milliseconds);
  return pj::instant{std::chrono::seconds{read->seconds} + std::chrono::milliseconds{milliseconds}};
}

void read_limit_of_jobs(const std::string& text, job_query& query, pj::list_filter& into) {
  const auto is_number = !text.empty() && std::ranges::all_of(text, wire::is_digit);
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (is_number && read.ec == std::errc::result_out_of_range) value = job_list_input::most_limit;
  if (!is_number || value == 0) {
    return query.refuse("limit", "must be a whole number from 1 to 200");
  }
  into.limit = std::min(value, job_list_input::most_limit);
}

}  // namespace

job_list_input read_job_list_input(const request& asked) {
  job_list_input result;
  auto& filter = result.filter;
  filter.limit = job_list_input::default_limit;
  job_query query{asked.query};
  if (const auto text = query.value("status")) read_statuses(*text, query, filter);
  if (auto text = query.value("vendor")) read_vendor(std::move(*text), query, filter);
  filter.created_after = read_time("created_after", query);
  filter.created_before = read_time("created_before", query);
  const auto are_filters_good = query.complaints().empty();
  if (const auto text = query.value("limit")) read_limit_of_jobs(*text, query, filter);
  const auto cursor = query.value("cursor");
  // A cursor belongs to filters: beside ones that are wrong there is nothing to say of it.
  if (cursor && are_filters_good) {
    filter.before = read_job_cursor(*cursor, filter);
    if (!filter.before) query.refuse("cursor", "is none that a list with these filters has given");
  }
  result.errors = query.complaints();
  return result;
}

}  // namespace tributary::http::server
