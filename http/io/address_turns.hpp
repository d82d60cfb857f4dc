// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace tributary::http::io {

/// Which of the addresses of one name the next connection goes to. They take turns. One that took
/// no connection rests: it is tried after all others for a while, and never left out.
///
///             failed                    its rest is over
///   working ─────────► resting (10 s) ────────────────────► on trial ─── worked ──► working
///                        ▲  20, … 120 s        failed         │
///                        └─────────────────────────────────────┘
///
/// On trial it is the first choice of one connection; until that one has succeeded it rests for all
/// others, so that an address that stays dead costs one connection for each rest. Pure: time is
/// passed in.
class address_turns {
 public:
  static constexpr std::size_t most = 64;  ///< addresses that are used; more are left out
  static constexpr std::chrono::seconds first_rest{10};
  static constexpr std::chrono::seconds longest_rest{120};

  /// Takes another answer of the name service in the place of the last one. Repeated addresses
  /// count once; one that was there before goes on as it was.
  /// @returns whether one that was there before is not any more
  bool assign(const std::vector<endpoint>& found);

  /// All addresses in the order in which one connection tries them. The second is of another family
  /// than the first where there is one: a host whose IPv6 leads nowhere costs one attempt, however
  /// many such addresses there are.
  std::vector<endpoint> next(steady_time now);

  /// What came of an attempt. An address that is not among them is ignored.
  void worked(const endpoint& address) noexcept;
  void failed(const endpoint& address, steady_time now) noexcept;

  bool has(const endpoint& address) const noexcept;
  bool empty() const noexcept { return all_.empty(); }
  std::size_t size() const noexcept { return all_.size(); }

 private:
  struct entry {
    endpoint address;
    unsigned failures = 0;  ///< in a row; 0: working
    bool on_trial = false;
    steady_time rests_until{};
  };

  entry* find(const endpoint& address) noexcept;

  std::vector<entry> all_;
  std::size_t turn_ = 0;  ///< index of the first to be considered
};

}  // namespace tributary::http::io
