// SPDX-License-Identifier: MIT
#include "actors/guards/circuit_breaker.hpp"

#include <algorithm>

namespace tributary::actors::guards {

namespace {

using http::wire::error_token;
using std::chrono::nanoseconds;

/// Said to callers that meet a half-open or forced-open breaker, whose end is not known.
constexpr nanoseconds unknown_wait = std::chrono::seconds{1};

/// `count >= rate * calls`, where 0.1 * 30 is 3 and not a hair more.
bool reaches(std::uint64_t count, double rate, std::uint64_t calls) noexcept {
  return count > 0 && static_cast<double>(count) + 1e-6 >= rate * static_cast<double>(calls);
}

call_outcome classify_status(int status) noexcept {
  switch (status) {
    case 500:
    case 502:
    case 503:
    case 504:
      return call_outcome::failure;
    case 429:
      return call_outcome::neutral;
    default:
      return call_outcome::success;
  }
}

}  // namespace

std::string_view to_string(breaker_state state) noexcept {
  switch (state) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
  }
  return "unknown";
}

call_outcome classify(error_token error, int status) noexcept {
  switch (error) {
    case error_token::none:
    case error_token::http_response_status:
      return classify_status(status);
    case error_token::dns_timeout:
    case error_token::dns_error:
    case error_token::connection_refused:
    case error_token::connection_terminated:
    case error_token::connection_timeout:
    case error_token::tls_protocol_error:
    case error_token::tls_certificate_error:
    case error_token::http_protocol_error:
    case error_token::http_response_incomplete:
    case error_token::http_response_timeout:
    case error_token::http_response_header_section_size:
    case error_token::http_response_body_size:
      return call_outcome::failure;
    case error_token::destination_unavailable:
    case error_token::connection_limit_reached:
    case error_token::proxy_internal_error:
    case error_token::proxy_configuration_error:
      return call_outcome::neutral;
  }
  return call_outcome::neutral;
}

call_outcome classify_given_up(nanoseconds lasted, std::optional<std::chrono::milliseconds> slow,
                               std::chrono::milliseconds timeout) noexcept {
  const nanoseconds patience = slow ? nanoseconds{*slow} : nanoseconds{timeout} / 2;
  return lasted > patience ? call_outcome::failure : call_outcome::neutral;
}

circuit_breaker::circuit_breaker(const config::breaker_settings& settings,
                                 std::function<double()> random)
    : settings_(settings), random_(std::move(random)), window_(settings.window, settings.buckets) {}

breaker_admission circuit_breaker::admit(steady_time now) noexcept {
  latest_ = now = std::max(now, latest_);
  if (imposed_ == breaker_override::force_open) {
    ++refused_;
    return {false, {}, unknown_wait};
  }
  if (!settings_.enabled) return {true, {}, {}};
  if (state_ == breaker_state::closed) return {true, {generation_, false}, {}};
  if (state_ == breaker_state::open) {
    if (now < retry_at_) return refuse(retry_at_ - now);
    enter(breaker_state::half_open);
  }
  return admit_probe(now);
}

breaker_admission circuit_breaker::admit_probe(steady_time now) noexcept {
  if (probing_) {
    if (now < probe_expiry_) return refuse(unknown_wait);
    ++generation_;  // the lost probe's outcome must not count for the new one
  }
  probing_ = true;
  probe_expiry_ = now + settings_.open_max;
  return {true, {generation_, true}, {}};
}

breaker_admission circuit_breaker::refuse(nanoseconds retry_after) noexcept {
  ++refused_;
  if (settings_.measure_only) return {true, {}, {}};
  return {false, {}, retry_after};
}

bool circuit_breaker::record(breaker_permit permit, call_outcome outcome, nanoseconds duration,
                             steady_time now, std::optional<nanoseconds> retry_after) {
  latest_ = now = std::max(now, latest_);
  if (permit.generation != generation_) return false;
  if (outcome == call_outcome::neutral) {
    if (permit.probe) probing_ = false;
    return false;
  }
  const bool slow = settings_.slow && duration > *settings_.slow;
  const bool hint = settings_.heed_retry_after && retry_after && *retry_after > nanoseconds{0};
  if (outcome == call_outcome::failure && hint) {
    const auto wait = std::min<nanoseconds>(*retry_after, settings_.open_max);
    hinted_until_ = std::max(hinted_until_, now + wait);
  }
  if (permit.probe) {
    record_probe(outcome, slow, now);
  } else {
    record_closed(outcome, slow, now);
  }
  return true;
}

bool circuit_breaker::record_uneventful(breaker_permit permit, call_outcome outcome,
                                        nanoseconds duration, steady_time now) noexcept {
  const auto& counts = window_.totals();
  if (outcome != call_outcome::success || permit.generation != generation_ || permit.probe ||
      (settings_.slow && duration > *settings_.slow) || counts.failures != 0 || counts.slow != 0) {
    return false;
  }
  latest_ = now = std::max(now, latest_);
  failures_in_row_ = 0;
  window_.add(now, false, false);
  return true;
}

void circuit_breaker::record_closed(call_outcome outcome, bool slow, steady_time now) {
  const bool failed = outcome == call_outcome::failure;
  window_.add(now, failed, slow);
  failures_in_row_ = failed ? failures_in_row_ + 1 : 0;
  if (imposed_ != breaker_override::automatic || !tripped()) return;
  failures_ = std::max<std::uint64_t>(window_.totals().failures, failures_in_row_);
  open(now);
}

void circuit_breaker::record_probe(call_outcome outcome, bool slow, steady_time now) {
  probing_ = false;
  if (outcome == call_outcome::failure || slow) {
    ++reopenings_;
    if (outcome == call_outcome::failure) ++failures_;
    open(now);
  } else if (++successes_ >= settings_.half_open_successes) {
    close(now);
  }
}

bool circuit_breaker::tripped() const noexcept {
  const auto in_row = settings_.consecutive_failures;
  if (in_row != 0 && failures_in_row_ >= in_row) return true;
  const auto& counts = window_.totals();
  if (!settings_.by_rate || counts.calls < settings_.min_calls) return false;
  return reaches(counts.failures, settings_.failure_rate, counts.calls) ||
         (settings_.slow && reaches(counts.slow, settings_.slow_rate, counts.calls));
}

void circuit_breaker::open(steady_time now) {
  opened_at_ = now;
  retry_at_ = now + open_time(now);
  ++opened_;
  decided_at_ = now;
  enter(breaker_state::open);
}

void circuit_breaker::close(steady_time since) noexcept {
  reopenings_ = 0;
  failures_ = 0;
  decided_at_ = since;
  enter(breaker_state::closed);
}

void circuit_breaker::enter(breaker_state next) noexcept {
  state_ = next;
  ++transitions_;
  ++generation_;
  window_.clear();
  probing_ = false;
  successes_ = 0;
  failures_in_row_ = 0;
  hinted_until_ = steady_time::min();
}

nanoseconds circuit_breaker::open_time(steady_time now) {
  const nanoseconds most = settings_.open_max;
  if (hinted_until_ > now) return hinted_until_ - now;
  // Stops doubling at the cap, so that neither the shift nor the product overflows.
  auto base = std::min<nanoseconds>(settings_.open_for, most);
  for (std::uint32_t k = 0; k < reopenings_ && base < most && base.count() > 0; ++k) {
    base = std::min(base * 2, most);
  }
  const auto factor = 1.0 + settings_.jitter * (2.0 * random_() - 1.0);
  const auto jittered = static_cast<double>(base.count()) * factor;
  return std::clamp(nanoseconds{static_cast<std::int64_t>(jittered)}, nanoseconds{0}, most);
}

bool circuit_breaker::follow(const breaker_news& news, steady_time now) noexcept {
  latest_ = now = std::max(now, latest_);
  if (!settings_.enabled || imposed_ != breaker_override::automatic) return false;
  const auto since = std::min(news.since, now);
  if (since <= decided_at_) return false;
  switch (news.state) {
    case breaker_state::half_open:
      return false;
    case breaker_state::closed:
      if (state_ == breaker_state::closed) return false;
      close(since);
      return true;
    case breaker_state::open:
      break;
  }
  const auto until = std::min(news.retry_at, now + settings_.open_max);
  if (until <= now) return false;
  follow_open({news.state, since, {}, news.failures}, until);
  return true;
}

void circuit_breaker::follow_open(const breaker_news& news, steady_time until) noexcept {
  const auto was_open = state(latest_) == breaker_state::open;
  // The other's probe failed where this one's would have.
  if (!was_open && state_ != breaker_state::closed) ++reopenings_;
  decided_at_ = opened_at_ = news.since;
  retry_at_ = until;
  failures_ = news.failures;
  if (was_open) return;
  ++opened_;
  enter(breaker_state::open);
}

void circuit_breaker::abandon_calls() noexcept {
  ++generation_;
  probing_ = false;
}

void circuit_breaker::impose(breaker_override imposed, steady_time now) noexcept {
  if (imposed == imposed_) return;
  latest_ = now = std::max(now, latest_);
  const auto before = state(now);
  const auto changes = transitions_;
  imposed_ = imposed;
  reopenings_ = 0;
  failures_ = 0;
  decided_at_ = now;
  enter(breaker_state::closed);
  const auto after = state(now);
  transitions_ = changes + (after == before ? 0 : 1);
  if (after == breaker_state::open && after != before) {
    opened_at_ = now;
    ++opened_;
  }
}

breaker_state circuit_breaker::state(steady_time now) const noexcept {
  if (imposed_ == breaker_override::force_open) return breaker_state::open;
  if (state_ == breaker_state::open && std::max(now, latest_) >= retry_at_) {
    return breaker_state::half_open;
  }
  return state_;
}

breaker_snapshot circuit_breaker::snapshot(steady_time now) const noexcept {
  breaker_snapshot result;
  result.state = state(now);
  result.imposed = imposed_;
  result.window = window_.totals(std::max(now, latest_));
  if (result.state != breaker_state::closed) result.opened_at = opened_at_;
  if (result.state == state_ && state_ == breaker_state::open) result.retry_at = retry_at_;
  result.failures = failures_;
  result.reopenings = reopenings_;
  result.transitions = transitions_;
  result.opened = opened_;
  result.refused = refused_;
  return result;
}

}  // namespace tributary::actors::guards
