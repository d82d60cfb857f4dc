// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tributary::providers::mock {

/// The services that answer on the first port.
enum class service : unsigned { customer, master, transaction };
inline constexpr unsigned service_count = 3;

/// `customer`, `master` or `transaction`.
std::string_view to_string(service s) noexcept;

/// How a service misbehaves. The default is: not at all.
struct knobs {
  std::uint32_t latency_ms = 0;  ///< before each answer, 0–600000
  std::uint32_t jitter_ms = 0;   ///< up to this much more, evenly spread, 0–600000
  double error_rate = 0;         ///< share of requests answered with `error_status`, 0–1
  int error_status = 503;        ///< 400–599
  bool hang = false;             ///< reads the request and never answers
  bool truncate = false;         ///< promises the whole body, sends half of it and closes
  bool malformed = false;        ///< the body is not JSON
  bool operator==(const knobs&) const = default;
};

/// Why knobs were refused: one line that names the key.
struct knob_error {
  std::string message;
};

/// Reads a JSON object of the fields above; those not named keep their defaults.
std::variant<knobs, knob_error> parse_knobs(std::string_view json);

/// Sets one field of `k` from JSON text, as `latency_ms` from `50`.
/// @returns what is wrong, or an empty string
std::string set_knob(knobs& k, std::string_view name, std::string_view json);

std::string to_json(const knobs& k);

/// What happens to one request.
struct mishap {
  std::chrono::milliseconds delay{0};
  bool error = false;
  bool hang = false;
  bool truncate = false;
  bool malformed = false;
};

/// Decides about a request from 128 random bits, so that a seed repeats the same sequence.
mishap decide(const knobs& k, std::uint64_t random_delay, std::uint64_t random_error) noexcept;

}  // namespace tributary::providers::mock
