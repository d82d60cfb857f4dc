// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

/// Waiting times of the asset loop.
struct asset_times {
  std::chrono::milliseconds interval = std::chrono::hours(24);  ///< from one good list to the next
  std::chrono::milliseconds first_retry = std::chrono::seconds(30);  ///< doubled for each failure
  std::chrono::milliseconds most_retry = std::chrono::minutes(10);
  /// Of a refusal that does not pass by itself, such as a plan without this list.
  std::chrono::milliseconds refused_retry = std::chrono::hours(1);
  /// An order of which nothing is heard for so long is given up.
  std::chrono::milliseconds patience = std::chrono::minutes(2);
};

/// When which list is asked of which provider: a pure state machine. An entry stands for one class
/// of one provider; a provider is asked for one list at a time.
class asset_schedule {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  explicit asset_schedule(asset_times times) : times_(times) {}

  /// @param source compared only: entries with the same one take turns
  /// @returns the index of the new entry, counted from 0
  std::size_t add(std::string_view source, steady_time due);

  /// This entry is due at another time from now on; for one that is not under way.
  void set_due(std::size_t entry, steady_time due) { entries_[entry].due = due; }

  struct asking {
    std::size_t entry;
    std::uint64_t ticket;  ///< never 0, and never given twice
  };

  /// What to ask now; under way from now on. What is due longest comes first.
  std::vector<asking> start_due(steady_time now);

  /// Entries that were given up just now: they count as failed, with the next attempt as `failed`
  /// has it once it is called for them.
  std::vector<std::size_t> give_up(steady_time now);

  /// The entry that a ticket was made for, even if it has been given up. Tickets of another
  /// schedule may give nothing.
  std::optional<std::size_t> entry_of(std::uint64_t ticket) const noexcept;

  /// True when this ticket's order is under way.
  bool waits_for(std::uint64_t ticket) const noexcept;

  bool is_under_way(std::size_t entry) const noexcept { return entries_[entry].ticket != 0; }

  /// Something was heard of the order that this entry waits for.
  void heard_of(std::size_t entry, steady_time now) noexcept { entries_[entry].heard = now; }

  /// A good list came. @param random in [0, 1), for ±10 %
  void succeeded(std::size_t entry, steady_time now, double random);

  /// None came. @returns the time until the next attempt: growing with each failure in a row, at
  /// least `retry_after`, else the interval at most
  std::chrono::milliseconds failed(std::size_t entry, steady_time now, double random,
                                   std::optional<std::chrono::milliseconds> retry_after,
                                   bool refused);

  /// When `start_due` or `give_up` have something to do; nothing while there are no entries.
  std::optional<steady_time> next() const noexcept;

  /// When the order that is under way was given; for one that is.
  steady_time asked_at(std::size_t entry) const noexcept { return entries_[entry].asked; }

 private:
  struct listing {
    std::string_view source;
    steady_time due;
    steady_time asked{};
    steady_time heard{};
    std::uint64_t ticket = 0;  ///< of the order that is under way; 0: none is
    std::size_t failures = 0;  ///< in a row
  };

  bool is_busy(std::string_view source) const noexcept;

  asset_times times_;
  std::vector<listing> entries_;
  std::uint64_t rounds_ = 0;
};

}  // namespace tributary::actors::market
