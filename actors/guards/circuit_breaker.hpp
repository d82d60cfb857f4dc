// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/rolling_window.hpp"
#include "config/sections/breaker_settings.hpp"
#include "http/wire/error_token.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace tributary::actors::guards {

using steady_time = std::chrono::steady_clock::time_point;

enum class breaker_state : std::uint8_t { closed, open, half_open };

/// What an operator imposes.
enum class breaker_override : std::uint8_t { automatic, force_open, force_closed };

/// What one call says of the upstream's health.
enum class call_outcome : std::uint8_t {
  success,
  failure,
  neutral,  ///< says nothing: given up early, refused by another guard, asked to slow down
};

/// `closed`, `open`, `half_open`.
std::string_view to_string(breaker_state state) noexcept;

/// Outcome of a call from its error, or from its status when there is none.
///
/// Failures are every error of connection, TLS, name look-up, time limit, reset and protocol, and
/// the statuses 500, 502, 503 and 504. An answer that is too large to take (header or body) is a
/// failure too: the upstream gives nothing that can be used, and each such call costs the whole
/// transfer. Every other status is a success, 4xx and 501 included, but for 429, which is neutral:
/// it asks for back-off and says nothing of health. Refusals by our own guards and defects of the
/// gateway are neutral. A call that was cancelled has no error of its own: see
/// `classify_given_up`.
call_outcome classify(http::wire::error_token error, int status) noexcept;

/// Outcome of a call that was cancelled since nobody waited for it any more. While it was young
/// that says nothing. Older than `slow`, or than half of `timeout` where that is not set, it counts
/// as timed out: else an upstream that hangs would seem well for as long as its callers have less
/// patience than we.
/// @param lasted since it was made
call_outcome classify_given_up(std::chrono::nanoseconds lasted,
                               std::optional<std::chrono::milliseconds> slow,
                               std::chrono::milliseconds timeout) noexcept;

/// Belongs to one admitted call and is handed back with its outcome. Copyable; counting it twice
/// is the caller's mistake.
struct breaker_permit {
  std::uint64_t generation = 0;  ///< 0: the call is let through but not counted
  bool probe = false;            ///< the one call that tests a half-open breaker
};

/// Whether a call may go ahead.
struct breaker_admission {
  bool admitted = false;
  breaker_permit permit;                    ///< of an admitted call
  std::chrono::nanoseconds retry_after{0};  ///< of a refused call: when to come again, above 0
};

/// A change of state of the breaker that another instance has for the same upstream.
struct breaker_news {
  breaker_state state = breaker_state::closed;
  steady_time since;           ///< of the change, by the clock of this process
  steady_time retry_at{};      ///< end of the open time
  std::uint64_t failures = 0;  ///< as in the snapshot
};

/// A breaker for `status`, metrics and events.
struct breaker_snapshot {
  breaker_state state = breaker_state::closed;
  breaker_override imposed = breaker_override::automatic;
  call_counts window;                    ///< zero unless closed
  std::optional<steady_time> opened_at;  ///< start of the present open or half-open time
  std::optional<steady_time> retry_at;   ///< end of the present open time
  std::uint64_t failures = 0;            ///< of the window that opened it, and probes since; else 0
  std::uint32_t reopenings = 0;          ///< out of half-open since it was closed: k in
                                         ///< `open_for * 2^k`
  std::uint64_t transitions = 0;         ///< changes of state since the start
  std::uint64_t opened = 0;              ///< of these, into `open`
  std::uint64_t refused = 0;             ///< calls refused, or that would have been in measure mode
};

/// Circuit breaker of one upstream: a rolling window of failures and slow calls while closed; a
/// time that doubles with each reopening while open; one probe at a time while half-open.
///
/// Each change of state starts a generation; an outcome whose permit is of an earlier one is
/// ignored.
///
/// A value without locks or clock: one thread at a time. Every call is O(1) and allocates nothing.
class circuit_breaker {
 public:
  /// `random` gives numbers in [0, 1) for the jitter; it is called once for each opening.
  circuit_breaker(const config::breaker_settings& settings, std::function<double()> random);

  /// Asks for one call. An admitted one must be handed back by `record`, whatever became of it. A
  /// probe that is not handed back loses its place to another call after `open_max`, or the breaker
  /// would stay half-open for ever.
  ///
  /// With `measure_only` each call is admitted. Those that would have been refused are counted in
  /// `refused`, and their outcomes are ignored.
  breaker_admission admit(steady_time now) noexcept;

  /// Hands back a call. `duration` is its own time, without waiting; `retry_after` what the
  /// upstream asked for, if it did. False when the outcome came too late to count or was not to be
  /// counted.
  ///
  /// Opens by the rates of the window, or by `consecutive_failures` failed calls in a row, however
  /// far apart they are; a success ends the row, a neutral call does not. While half-open a slow
  /// call is a failed probe, else a breaker that opened on slowness would close on it. It stays
  /// open for `open_for * 2^k` with jitter, at most `open_max`; the longest `retry_after` of the
  /// failed calls of the present state takes that time's place, without jitter and up to
  /// `open_max`, unless `heed_retry_after` is off.
  bool record(breaker_permit permit, call_outcome outcome, std::chrono::nanoseconds duration,
              steady_time now, std::optional<std::chrono::nanoseconds> retry_after = std::nullopt);

  /// Counts an outcome that decides nothing: a quick success while closed, in a window without a
  /// failed or slow call. False, without effect, for any other, which is for `record`.
  bool record_uneventful(breaker_permit permit, call_outcome outcome,
                         std::chrono::nanoseconds duration, steady_time now) noexcept;

  /// The outcomes of calls admitted so far will never come, since who made them is gone: their
  /// permits lapse and the probe's place is free. The window stays.
  void abandon_calls() noexcept;

  /// Imposes a state, or ends it; the breaker then starts anew, closed. No effect when `imposed`
  /// holds already. Forced closed, the window goes on counting without consequence. Forced open
  /// refuses also with `measure_only`: the operator has the last word.
  void impose(breaker_override imposed, steady_time now) noexcept;

  /// Takes over the last opening or closing of another instance's breaker, if that is newer than
  /// the last one of this breaker (its own, or taken over). Opens until the same `retry_at`,
  /// without jitter and at most `open_max` from now; or closes.
  ///
  /// - Half-open news is ignored, since each instance probes by itself.
  /// - News of an open time that is over is ignored.
  /// - A state that an operator imposed stays.
  /// - Turning half-open is no opening or closing: a half-open breaker follows news from before it.
  ///
  /// True when it follows, be it only in the end of its open time, which is no transition.
  bool follow(const breaker_news& news, steady_time now) noexcept;

  /// State that a call at `now` would meet.
  breaker_state state(steady_time now) const noexcept;

  breaker_snapshot snapshot(steady_time now) const noexcept;

  /// Changes of state so far: compare before and after a call to learn of one cheaply.
  std::uint64_t transitions() const noexcept { return transitions_; }

 private:
  breaker_admission admit_probe(steady_time now) noexcept;
  breaker_admission refuse(std::chrono::nanoseconds retry_after) noexcept;
  void record_closed(call_outcome outcome, bool slow, steady_time now);
  void record_probe(call_outcome outcome, bool slow, steady_time now);
  bool tripped() const noexcept;
  void open(steady_time now);
  void follow_open(const breaker_news& news, steady_time until) noexcept;
  void close(steady_time since) noexcept;
  void enter(breaker_state next) noexcept;
  std::chrono::nanoseconds open_time(steady_time now);

  config::breaker_settings settings_;
  std::function<double()> random_;
  rolling_window window_;
  breaker_state state_ = breaker_state::closed;
  breaker_override imposed_ = breaker_override::automatic;
  bool probing_ = false;
  std::size_t successes_ = 0;        ///< of probes, in a row
  std::size_t failures_in_row_ = 0;  ///< while closed
  std::uint32_t reopenings_ = 0;
  std::uint64_t generation_ = 1;
  std::uint64_t transitions_ = 0;
  std::uint64_t opened_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failures_ = 0;  ///< since it was last closed, those of that window included
  steady_time latest_ = steady_time::min();
  steady_time decided_at_ = steady_time::min();  ///< the last opening or closing
  steady_time opened_at_{};
  steady_time retry_at_{};
  steady_time probe_expiry_{};
  steady_time hinted_until_ = steady_time::min();  ///< from the failed calls of this generation
};

}  // namespace tributary::actors::guards
