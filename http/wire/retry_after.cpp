// SPDX-License-Identifier: MIT
#include "http/wire/retry_after.hpp"

#include "http/wire/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace tributary::http::wire {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds longest_wait{24 * 3600};

}  // namespace

std::optional<milliseconds> parse_retry_after(std::string_view value,
                                              std::chrono::system_clock::time_point now) {
  if (value.empty()) return {};
  if (value.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t delay = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), delay);
    // Too many digits for a number are a very long time.
    if (read.ec != std::errc{}) delay = longest_wait.count();
    return std::min<milliseconds>(seconds{std::min(delay, longest_wait.count())}, longest_wait);
  }
  const auto date = parse_http_date(value);
  if (!date) return {};
  const auto left = std::chrono::ceil<milliseconds>(*date - now);
  return std::clamp<milliseconds>(left, milliseconds{0}, longest_wait);
}

}  // namespace tributary::http::wire
