// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_document.hpp"

#include "http/wire/json_string.hpp"
#include "http/wire/utc_time.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <chrono>
#include <cstdint>

namespace tributary::http::server {

namespace {

using actors::jobs::vendor_wait;

/// Writes the members of one object, in order.
class member_writer {
 public:
  explicit member_writer(std::string& out) : out_(out) { out_ += '{'; }

  std::string& raw(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_.append(1, '"').append(name).append("\":");
    return out_;
  }
  void text(std::string_view name, std::string_view value) {
    wire::append_json_string(raw(name), value);
  }
  void text_or_null(std::string_view name, std::string_view value) {
    value.empty() ? raw(name).append("null") : (text(name, value), out_);
  }
  void json_or_null(std::string_view name, std::string_view json) {
    raw(name).append(json.empty() ? "null" : json);
  }
  void number(std::string_view name, std::int64_t value) {
    raw(name).append(std::to_string(value));
  }
  void flag(std::string_view name, bool value) { raw(name).append(value ? "true" : "false"); }
  void time(std::string_view name, pj::instant value) { append_job_time(raw(name), value); }
  void time_or_null(std::string_view name, const std::optional<pj::instant>& value) {
    value ? time(name, *value) : json_or_null(name, {});
  }
  void end() { out_ += '}'; }

 private:
  std::string& out_;
};

bool is_waiting(const job_view& view) {
  return view.job.state == pj::job_state::queued && view.job.run_at > view.now;
}

/// A retry that is not due yet waits for its own time; what is due, for its vendor.
vendor_wait wait_of(const job_view& view) {
  if (view.job.state != pj::job_state::queued) return {};
  if (!is_waiting(view)) return view.wait;
  if (view.job.round_attempts == 0) return {};
  return {vendor_wait::reason::backoff, view.job.run_at};
}

void append_wait(member_writer& to, std::string& out, const job_view& view) {
  const auto wait = wait_of(view);
  if (wait.why == vendor_wait::reason::none) return to.json_or_null("waiting_on", {});
  to.raw("waiting_on");
  member_writer inner{out};
  inner.text("vendor", view.job.vendor);
  inner.text("reason", to_string(wait.why));
  inner.time_or_null("until", wait.until);
  inner.end();
}

void append_result(member_writer& to, std::string& out, const pj::job& job) {
  if (job.state != pj::job_state::complete) return to.json_or_null("result", {});
  to.raw("result");
  member_writer inner{out};
  inner.text("vendor", job.vendor);
  inner.text("vendor_type", job.asynchronous ? "async" : "sync");
  const auto since = job.processed_at.value_or(job.updated_at).time_since_epoch().count();
  auto fraction = std::to_string(1'000 + since % 1'000);
  fraction.front() = '.';
  inner.raw("processed_at").append(std::to_string(since / 1'000)).append(fraction);
  inner.json_or_null("result", job.result);
  inner.end();
}

void append_error(member_writer& to, std::string& out, const pj::job& job) {
  if (!job.error) return to.json_or_null("error", {});
  to.raw("error");
  member_writer inner{out};
  inner.text("code", job.error->code);
  inner.text("message", job.error->message);
  inner.end();
}

void append_attempts(member_writer& to, std::string& out, const pj::job& job) {
  to.raw("attempts").append("[");
  auto separator = "";
  for (const auto& each : job.attempts) {
    out += std::exchange(separator, ",");
    member_writer inner{out};
    inner.number("attempt", each.attempt);
    inner.time("started_at", each.started_at);
    inner.number("duration_ms", each.duration.count());
    inner.text("outcome", to_string(each.outcome));
    inner.text_or_null("class", each.failure);
    each.status == 0 ? inner.json_or_null("status", {}) : inner.number("status", each.status);
    inner.text_or_null("message", each.message);
    inner.end();
  }
  out += ']';
}

void append_callback(member_writer& to, std::string& out, const pj::job& job) {
  if (!job.callback) return to.json_or_null("callback", {});
  to.raw("callback");
  member_writer inner{out};
  inner.text("url", without_query(job.callback->url));
  inner.flag("delivered", job.callback_delivered);
  inner.number("tries", job.callback_tries);
  inner.end();
}

void append_names(member_writer& to, const pj::job_id& id, std::string_view status) {
  const auto name = id.text();
  to.text("request_id", name);
  to.text("status", status);
  to.text("status_url", "/jobs/" + name);
  to.text("events_url", "/jobs/" + name + "/events");
  to.text("cancel_url", "/jobs/" + name + "/cancel");
}

}  // namespace

std::string_view without_query(std::string_view url) noexcept {
  return url.substr(0, url.find('?'));
}

void append_job_time(std::string& out, pj::instant when) {
  out += '"';
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  wire::append_utc_time(out, seconds);
  auto fraction = std::to_string(1'000 + (when - seconds).count());
  fraction.front() = '.';
  out.insert(out.size() - 1, fraction);  // before the `Z`
  out += '"';
}

std::string job_document(const job_view& view) {
  const auto& job = view.job;
  std::string result;
  result.reserve(768 + job.result.size() + job.progress.size() + job.attempts.size() * 160);
  member_writer to{result};
  to.text("request_id", job.id.text());
  to.text("status", status_text(job.state, job.run_at, view.now));
  append_result(to, result, job);
  append_error(to, result, job);
  to.time("created_at", job.created_at);
  to.time("updated_at", job.updated_at);
  to.text("vendor", job.vendor);
  to.text("priority", to_string(job.priority));
  to.number("attempt", job.attempt);
  to.number("max_attempts", job.max_attempts);
  to.number("round", job.round);
  to.time("run_at", job.run_at);
  to.time_or_null("expires_at", job.expires_at);
  to.flag("cancel_requested", job.cancel_requested);
  to.json_or_null("progress", job.progress);
  append_wait(to, result, view);
  append_attempts(to, result, job);
  append_callback(to, result, job);
  to.end();
  return result;
}

std::string version_tag(const job_view& view) {
  auto result = "\"" + std::to_string(view.job.version);
  if (view.job.state == pj::job_state::queued) result += is_waiting(view) ? 's' : 'p';
  return result;
}

std::string job_etag(const job_view& view) {
  auto result = version_tag(view);
  const auto wait = wait_of(view);
  // A retry's own time is the job's, and so in its version.
  if (wait.why != vendor_wait::reason::none && !is_waiting(view)) {
    auto seen = std::string{to_string(wait.why)} + '\0';
    if (wait.until) seen += std::to_string(wait.until->time_since_epoch().count());
    constexpr auto* digits = "0123456789abcdef";
    result += '-';
    auto hash = XXH3_64bits(seen.data(), seen.size());
    for (auto i = 0; i < 12; ++i, hash <<= 4) result += digits[hash >> 60];
  }
  return result += '"';
}

pj::kept_answer acceptance_of(const pj::accepted_job& accepted, pj::instant now) {
  const auto is_new = accepted.what != pj::accepted_job::kind::deduplicated;
  pj::kept_answer result{is_new ? 202 : 200, {}};
  member_writer to{result.body};
  append_names(to, accepted.id, status_text(accepted.state, accepted.run_at, now));
  if (!is_new) to.flag("deduplicated", true);
  to.end();
  return result;
}

std::string job_list_document(std::span<const pj::job_summary> jobs, std::string_view cursor,
                              pj::instant now) {
  std::string result;
  result.reserve(64 + jobs.size() * 256);
  member_writer to{result};
  to.raw("jobs").append("[");
  auto separator = "";
  for (const auto& each : jobs) {
    result += std::exchange(separator, ",");
    member_writer inner{result};
    inner.text("request_id", each.id.text());
    inner.text("status", status_text(each.state, each.run_at, now));
    inner.text("vendor", each.vendor);
    inner.text("priority", to_string(each.priority));
    inner.time("created_at", each.created_at);
    inner.time("updated_at", each.updated_at);
    inner.end();
  }
  result += ']';
  to.text_or_null("next_cursor", cursor);
  to.end();
  return result;
}

std::string cancel_document(const pj::job_id& id, std::string_view status, bool requested) {
  std::string result;
  member_writer to{result};
  to.text("request_id", id.text());
  to.text("status", status);
  to.flag("cancel_requested", requested);
  to.end();
  return result;
}

}  // namespace tributary::http::server
