// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <chrono>
#include <optional>

namespace tributary::providers::market::yahoo {

/// The session that all conversations share. The present is the time of the last answer.
class session_keeper {
 public:
  /// Sessions live about a day; an hour is left for those who hold one.
  static constexpr std::chrono::hours longest_use{23};
  /// No handshake for this long after one that failed: spark serves meanwhile.
  static constexpr std::chrono::minutes rest_after_failure{5};

  /// To be told of each answer before anything else.
  void see(system_time received) noexcept { present_ = received; }

  /// Null when there is none, or it is too old. Good until the next call that is not const.
  const session* current() const noexcept;

  /// True where there is no handshake that failed a short while ago.
  bool may_begin() const noexcept;

  void keep(session got);

  /// The session was refused. One that took its place in the meantime stays.
  void drop(const session& refused);

  /// A handshake failed, or what it gave was refused at once.
  void give_up() noexcept { gave_up_ = present_; }

 private:
  system_time present_;
  std::optional<session> held_;
  system_time held_since_;
  std::optional<system_time> gave_up_;
};

}  // namespace tributary::providers::market::yahoo
