// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/outcome.hpp"
#include "config/sections/part_settings.hpp"
#include "config/sections/upstream_settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace tributary::actors::aggregation {

/// What to do next for one part.
enum class course_step : std::uint8_t {
  done,           ///< the outcome just told is the part's
  call_primary,   ///< once more, at `at`
  call_fallback,  ///< of `entry`: the upstream named there, once, at once
  look_up_stale,  ///< an answer of the primary in the part cache, as stale as `entry` allows or,
                  ///< with `stale_if_error`, as the answer itself does; tell `on_stale`
  use_fixed,      ///< of `entry`: its `fixed_json` is the part; the course is over
  give_up,        ///< nothing is left: the part's outcome is `primary_outcome()`
};

/// Stands for an index in `part_settings::fallback`: what RFC 5861 allows by itself.
inline constexpr std::size_t stale_if_error = static_cast<std::size_t>(-1);

struct next_step {
  course_step what = course_step::done;
  std::chrono::steady_clock::time_point at{};  ///< of `call_primary`
  std::size_t entry = 0;  ///< index in `part_settings::fallback`, or `stale_if_error`
};

/// The account that a part gives of its course.
struct course_account {
  int attempts = 1;  ///< calls to the primary upstream
  part_source source = part_source::primary;
  std::size_t entry = 0;  ///< of the source, as in `next_step`
};

/// What the next step is decided by, beside the outcome.
struct course_terms {
  std::chrono::steady_clock::time_point now;
  std::chrono::steady_clock::time_point deadline;  ///< of the part, for all of its attempts
  std::chrono::milliseconds min_attempt{10};
  double random = 0;  ///< in [0, 1), for the delay of a retry
};

/// The course of one part through its attempts: the primary upstream, retries of it, an answer of
/// the part cache that may be used on errors, then the fallbacks in order. It begins with a call to
/// the primary that the owner makes; each outcome is told here and answered by the next step, until
/// one that ends the course.
///
/// A value without clock, locks or calls. The settings must outlive it.
class part_course {
 public:
  /// @param retry of the primary upstream
  part_course(const config::part_settings& part, const config::retry_settings& retry,
              std::string_view method = "GET") noexcept
      : part_(&part), retry_(&retry), method_(method) {}

  /// A call has ended: to the primary or, after `call_fallback`, to that upstream. `take_token`
  /// takes a retry's token from the primary's budget, or says no; called once at most, and only
  /// when all else allows the retry.
  ///
  /// - A retry follows what `guards::worth_retrying` says, up to `max` of them, where the delay and
  ///   `min_attempt` fit before the deadline.
  /// - A fallback follows a failure as the breaker counts it, a body that is not JSON, and a call
  ///   that our own guards refused. It does not follow other statuses such as 404 or 429.
  /// - A status that a rule of the part maps is an answer: neither retried nor replaced.
  /// - A fallback upstream is called once, and not with less than `min_attempt` left. Whatever it
  ///   answers but a usable body leads to the next entry. `stale` and `fixed` need no time.
  next_step on_outcome(const part_outcome& outcome, const course_terms& terms,
                       const std::function<bool()>& take_token);

  /// Whether the part cache had an answer that is not too stale, after `look_up_stale`.
  next_step on_stale(bool found, const course_terms& terms) noexcept;

  /// Once the course is over: who gave the part. While it is not: who is being asked.
  const course_account& account() const noexcept { return account_; }

  /// True when something else than the primary gave the part.
  bool degraded() const noexcept { return account_.source != part_source::primary; }

  /// What came of the primary so far, its `attempts` filled in: of the last call that it received.
  /// A retry that our own guards refused was none, and only hands its `retry_after` on.
  const part_outcome& primary_outcome() const noexcept { return primary_outcome_; }

 private:
  void note(const part_outcome& outcome);
  bool mapped_by_rule(const part_outcome& outcome) const noexcept;
  next_step next_fallback(const course_terms& terms) noexcept;

  const config::part_settings* part_;
  const config::retry_settings* retry_;
  std::string_view method_;
  std::size_t retries_ = 0;
  bool tried_stale_ = false;  ///< what the part cache may serve on errors
  std::size_t next_entry_ = 0;
  course_account account_;
  bool heard_ = false;  ///< an outcome of the primary
  part_outcome primary_outcome_;
};

}  // namespace tributary::actors::aggregation
