// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::actors::guards {

/// A breaker as operators and other instances see it. Times are the system clock's, in milliseconds
/// since 1970.
struct breaker_record {
  breaker_state state = breaker_state::closed;
  std::uint64_t failures = 0;             ///< that opened it, and of probes since; 0 when closed
  std::optional<std::int64_t> opened_at;  ///< unless closed
  std::optional<std::int64_t> retry_at;   ///< when open
  /// Of this state. Not part of the text: whoever reads that knows it from elsewhere.
  std::int64_t since = std::numeric_limits<std::int64_t>::min();

  /// When somebody last found out something: it opened, or it closed.
  std::int64_t decided_at() const noexcept { return opened_at.value_or(since); }

  bool operator==(const breaker_record&) const = default;
};

/// `{"state":"open","failures":12,"opened_at":"2026-01-02T03:04:05.678Z","retry_at":…}`, with null
/// for a time that there is not.
std::string write_record(const breaker_record& record);

/// Reads that, and tolerates other members; `since` is the opening, or nothing when closed. Nothing
/// for any other text.
std::optional<breaker_record> read_record(std::string_view text);

/// What an instance tells the others of a change: the record and `upstream`, `from`, `since`.
struct breaker_message {
  std::string upstream;
  std::string from;  ///< the instance
  breaker_record record;
};

std::string write_message(const breaker_message& message);
std::optional<breaker_message> read_message(std::string_view text);

/// What an instance does about what it finds in the shared store.
enum class sharing_step : std::uint8_t {
  nothing,
  follow,  ///< the store knows something newer
  write,   ///< this instance does
};

/// @param mine what this instance found out or followed last
/// @param theirs what the store has; null: nothing, which stands for a closed breaker
sharing_step compare(const breaker_record& mine, const breaker_record* theirs) noexcept;

}  // namespace tributary::actors::guards
