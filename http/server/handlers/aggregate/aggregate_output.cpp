// SPDX-License-Identifier: MIT
#include "http/server/handlers/aggregate/aggregate_output.hpp"

#include "actors/telemetry/logging.hpp"
#include "http/wire/negotiation.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace tributary::http::server {

namespace aggregation = actors::aggregation;
using actors::cache::cached_answer;
using steady_clock = std::chrono::steady_clock;

namespace {

/// Appends fields whose values are known to be clean: our own texts and numbers.
class field_writer {
 public:
  explicit field_writer(std::string& out) : out_(out) { out_.reserve(448); }

  void field(std::string_view name, std::string_view value) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  void number(std::string_view name, std::string_view before, std::int64_t value,
              std::string_view after = {}) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(name).append(": ").append(before);
    out_.append(digits, end).append(after).append("\r\n");
  }

 private:
  std::string& out_;
};

std::int64_t whole_seconds(steady_clock::duration d) {
  return std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(d).count());
}

void add_cache_status(field_writer& out, const aggregation::cache_verdict& cache,
                      std::int64_t ttl) {
  constexpr std::string_view name{"Cache-Status"};
  if (cache.hit) {
    return out.number(name, "tributary; hit; ttl=", ttl, cache.redis ? "; detail=redis" : "");
  }
  if (!cache.used) return out.field(name, "tributary; fwd=bypass");
  std::string value{"tributary; fwd=uri-miss"};
  if (cache.stored) value.append("; stored");
  if (cache.collapsed) value.append("; collapsed");
  out.field(name, value);
}

/// For the access log.
std::string_view cache_word(const aggregation::cache_verdict& cache) noexcept {
  if (!cache.used) return {};
  if (cache.hit) return "hit";
  return cache.collapsed ? "collapsed" : "miss";
}

bool client_has(const request& asked, std::string_view etag) {
  auto found = false;
  asked.each_header("If-None-Match", [&](std::string_view value) {
    found = found || wire::matches_etag(value, etag);
  });
  return found;
}

response render_complete(const request& asked, const aggregation::aggregate_reply& reply,
                         aggregation::strictness handling, steady_clock::time_point now) {
  const auto& answer = *reply.complete;
  const auto& cache = reply.cache;
  const auto kept = cache.hit || cache.stored;
  const auto ttl = whole_seconds(answer.expires_at - now);
  response result;
  field_writer out{result.headers};
  out.field("Aggregate-Status", answer.aggregate_status);
  out.field("Aggregate-Complete", "?1");
  add_cache_status(out, cache, ttl);
  if (kept) {
    out.number("Cache-Control", "private, max-age=", ttl);
  } else {
    out.field("Cache-Control", "no-store");
  }
  if (cache.hit) out.number("Age", "", whole_seconds(now - answer.stored_at));
  out.field("ETag", answer.etag);
  out.field("Vary", "Prefer");
  if (handling == aggregation::strictness::strict) {
    out.field("Preference-Applied", "handling=strict");
  }
  if (client_has(asked, answer.etag)) {
    result.status = 304;
    return result;
  }
  result.content_type = "application/json";
  // One reference to the whole answer instead of one to each fragment: a popular answer is sent by
  // all workers at once.
  result.body_owner = reply.complete;
  for (const auto& fragment : answer.body) {
    result.body.push_back(wire::byte_slice::literal(fragment.view()));
  }
  return result;
}

response render_judged(aggregation::aggregate_reply& reply) {
  auto& answer = reply.judged;
  response result;
  result.status = answer.status;
  result.content_type = answer.content_type;
  field_writer out{result.headers};
  if (!answer.aggregate_status.empty()) out.field("Aggregate-Status", answer.aggregate_status);
  if (!answer.aggregate_complete.empty()) {
    out.field("Aggregate-Complete", answer.aggregate_complete);
  }
  add_cache_status(out, reply.cache, 0);
  out.field("Cache-Control", answer.cache_control.empty() ? "no-store" : answer.cache_control);
  if (!answer.proxy_status.empty()) out.field("Proxy-Status", answer.proxy_status);
  if (answer.retry_after) out.number("Retry-After", "", *answer.retry_after);
  out.field("Vary", "Prefer");
  if (!answer.preference_applied.empty()) {
    out.field("Preference-Applied", answer.preference_applied);
  }
  result.body.assign(answer.body.begin(), answer.body.end());
  return result;
}

}  // namespace

response render_aggregate(const request& asked, aggregation::aggregate_reply&& reply,
                          aggregation::strictness handling, steady_clock::time_point now) {
  auto result = reply.complete != nullptr ? render_complete(asked, reply, handling, now)
                                          : render_judged(reply);
  if (actors::telemetry::log().enabled(config::log_level::info)) {
    const auto& judged = reply.judged.aggregate_status;
    result.log_parts = reply.complete != nullptr ? reply.complete->aggregate_status : judged;
    result.log_cache = cache_word(reply.cache);
  }
  return result;
}

}  // namespace tributary::http::server
