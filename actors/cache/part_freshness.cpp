// SPDX-License-Identifier: MIT
#include "actors/cache/part_freshness.hpp"

#include "actors/cache/header_fields.hpp"
#include "actors/cache/response_fields.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tributary::actors::cache {

namespace {

using http::wire::same_without_case;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool may_be_stored(const config::part_cache_settings& settings, const part_request_facts& asked,
                   int status, const response_fields& fields) noexcept {
  const auto& control = fields.control;
  if (asked.method != "GET" && asked.method != "HEAD") return false;
  if (status != 200 && status != 203) return false;
  if (is_for_one_client(fields)) return false;
  const bool personal = asked.has_authorization || asked.has_cookie;
  return !personal || settings.shared || control.is_public || control.s_maxage ||
         control.must_revalidate;
}

/// Ten years, so that sums of time points stay far from overflow.
milliseconds bounded(milliseconds time) noexcept {
  return std::clamp(time, milliseconds{0}, milliseconds{std::chrono::hours{24 * 3650}});
}

void set_stale_times(part_freshness& result, const config::part_cache_settings& settings,
                     const cache_control& control, bool forced, milliseconds max_stale) noexcept {
  result.revalidate_until = result.error_until = result.fallback_until = result.fresh_until;
  if (!forced && (control.must_revalidate || control.proxy_revalidate || control.no_cache)) return;
  const bool only_said = !forced && control.s_maxage.has_value();
  const auto until = [&](std::optional<seconds> said, milliseconds configured) {
    if (said) return result.fresh_until + bounded(*said);
    return result.fresh_until + (only_said ? milliseconds{0} : bounded(configured));
  };
  result.revalidate_until = until(control.stale_while_revalidate, settings.stale_while_revalidate);
  result.error_until = until(control.stale_if_error, settings.stale_if_error);
  result.fallback_until = until(std::nullopt, max_stale);
}

}  // namespace

part_freshness judge_freshness(const config::part_cache_settings& settings,
                               const part_request_facts& asked, const part_answer_facts& answer,
                               milliseconds max_stale) {
  part_freshness result;
  const auto fields = read_fields(answer.header_block);
  if (!may_be_stored(settings, asked, answer.status, fields)) return {};
  const bool forced = settings.force_ttl && settings.ttl;
  result.always_validated = fields.control.no_cache && !forced;
  auto said = forced ? std::nullopt : lifetime_of(fields, answer.received_at);
  if (result.always_validated) said = seconds{0};
  if (!said && !settings.ttl) return {};

  const auto took = std::chrono::ceil<milliseconds>(answer.received - answer.asked);
  result.age = bounded(fields.age.value_or(seconds{0}) + std::max(milliseconds{0}, took));
  const auto left = said ? bounded(*said - result.age) : bounded(*settings.ttl);
  result.fresh_until = answer.received + left;
  set_stale_times(result, settings, fields.control, forced, max_stale);
  result.keep_until =
      std::max({result.revalidate_until, result.error_until, result.fallback_until});
  if (!fields.etag.empty() || !fields.last_modified.empty()) {
    result.keep_until = std::max(result.keep_until, result.fresh_until + kept_for_validation);
  }
  if (result.keep_until <= answer.received) return {};
  if (fields.varies) {
    auto vary = read_vary(answer.header_block);
    if (!vary) return {};
    result.vary = std::move(*vary);
  }
  result.etag = fields.etag;
  result.last_modified = fields.last_modified;
  result.storable = true;
  return result;
}

std::string refreshed_header(std::string_view stored, std::string_view not_modified) {
  constexpr std::array<std::string_view, 8> kept{
      "content-length", "content-encoding",  "content-type", "content-range",
      "connection",     "transfer-encoding", "keep-alive",   "trailer"};
  const auto one_of_kept = [&](std::string_view name) {
    return std::any_of(kept.begin(), kept.end(),
                       [&](auto each) { return same_without_case(each, name); });
  };
  const auto renewed = [&](std::string_view name) {
    if (same_without_case(name, "age") || same_without_case(name, "date")) return true;
    if (one_of_kept(name)) return false;
    auto rest = not_modified;
    while (const auto field = next_field(rest)) {
      if (same_without_case(field->name, name)) return true;
    }
    return false;
  };
  std::string result;
  result.reserve(stored.size() + not_modified.size());
  const auto append = [&](const header_line& field) {
    result.append(field.name).append(": ").append(field.value).append("\r\n");
  };
  while (const auto field = next_field(stored)) {
    if (!renewed(field->name)) append(*field);
  }
  while (const auto field = next_field(not_modified)) {
    if (!one_of_kept(field->name)) append(*field);
  }
  return result;
}

}  // namespace tributary::actors::cache
