// SPDX-License-Identifier: MIT
#include "providers/mock/desk/mishaps.hpp"

#include "providers/mock/desk/knobs.hpp"

namespace tributary::providers::mock {

mishap_rules rules_of(const knobs& from) {
  mishap_rules result;
  result.latency_ms = static_cast<std::uint64_t>(from.whole("latency_ms"));
  result.jitter_ms = static_cast<std::uint64_t>(from.whole("jitter_ms"));
  result.error_rate = from.number("error_rate");
  result.error_status = static_cast<unsigned>(from.whole("error_status"));
  result.hang = from.is_on("hang");
  result.truncate = from.is_on("truncate");
  result.malformed = from.is_on("malformed");
  return result;
}

mishap decide(const mishap_rules& rules, std::uint64_t random_delay,
              std::uint64_t random_error) noexcept {
  mishap result;
  result.delay = std::chrono::milliseconds{rules.latency_ms + random_delay % (rules.jitter_ms + 1)};
  // 53 bits fill a double's mantissa: evenly spread over [0, 1).
  result.error = static_cast<double>(random_error >> 11) * 0x1p-53 < rules.error_rate;
  result.hang = rules.hang;
  result.truncate = rules.truncate;
  result.malformed = rules.malformed;
  return result;
}

}  // namespace tributary::providers::mock
