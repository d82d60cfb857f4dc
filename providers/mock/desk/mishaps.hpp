// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace tributary::providers::mock {

class knobs;

/// The knobs that every service has, as numbers. The default is: nothing happens.
struct mishap_rules {
  std::uint64_t latency_ms = 0;
  std::uint64_t jitter_ms = 0;
  double error_rate = 0;
  unsigned error_status = 503;
  bool hang = false;
  bool truncate = false;
  bool malformed = false;
  bool operator==(const mishap_rules&) const = default;
};

mishap_rules rules_of(const knobs& from);

/// What happens to one request.
struct mishap {
  std::chrono::milliseconds delay{0};
  bool error = false;
  bool hang = false;
  bool truncate = false;
  bool malformed = false;
};

/// Decides about a request from 128 random bits, so that a seed repeats the same sequence.
mishap decide(const mishap_rules& rules, std::uint64_t random_delay,
              std::uint64_t random_error) noexcept;

}  // namespace tributary::providers::mock
