// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tributary::providers::mock {

/// The services of the first port, then those of the second: the market-data providers.
enum class service : unsigned {
  customer,
  master,
  transaction,
  yfinance,
  finnhub,
  coingecko,
  coinmarketcap,
  alpha_vantage,
};
inline constexpr unsigned service_count = 8;

/// `customer`, `alpha_vantage` and so on.
std::string_view to_string(service s) noexcept;
/// The way back.
std::optional<service> service_called(std::string_view name) noexcept;
/// All of them, separated by `, `.
std::string service_names();

/// How a service misbehaves. The default is: not at all.
struct knobs {
  std::uint32_t latency_ms = 0;  ///< before each answer, 0–600000
  std::uint32_t jitter_ms = 0;   ///< up to this much more, evenly spread, 0–600000
  double error_rate = 0;         ///< share of requests answered with `error_status`, 0–1
  int error_status = 503;        ///< 400–599
  bool hang = false;             ///< reads the request and never answers
  bool truncate = false;         ///< promises the whole body, sends half of it and closes
  bool malformed = false;        ///< the body is not JSON
  bool limits = true;            ///< market data only: the provider's rate limits apply
  /// Market data only: requests in the provider's own window, instead of what it really allows;
  /// 0: as it really is.
  std::uint32_t limit = 0;
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
