// SPDX-License-Identifier: MIT
#include "actors/guards/retry_policy.hpp"

#include "http/client/full_jitter.hpp"
#include "http/client/request_writer.hpp"

#include <algorithm>

namespace tributary::actors::guards {

using http::wire::error_token;
using std::chrono::milliseconds;

bool never_sent(error_token error) noexcept {
  return error == error_token::dns_error || error == error_token::dns_timeout ||
         error == error_token::connection_refused || error == error_token::connection_timeout;
}

bool worth_retrying(error_token error, int status, std::string_view method, bool has_retry_after,
                    bool at_most_once) noexcept {
  if (never_sent(error)) return true;
  if (at_most_once || !http::client::is_idempotent(method)) return false;
  if (error == error_token::connection_terminated) return true;
  if (error != error_token::none && error != error_token::http_response_status) return false;
  return status == 502 || status == 503 || status == 504 || (status == 429 && has_retry_after);
}

milliseconds retry_delay(const config::retry_settings& settings, std::size_t retry,
                         double random) noexcept {
  return http::client::full_jitter(settings.base_delay, settings.max_delay, retry, random);
}

std::optional<steady_time> retry_at(const config::retry_settings& settings, std::size_t retry,
                                    double random, std::optional<milliseconds> retry_after,
                                    steady_time now, steady_time deadline,
                                    milliseconds min_attempt) noexcept {
  const auto wait =
      retry_after ? std::max(milliseconds{0}, *retry_after) : retry_delay(settings, retry, random);
  // Compared as a difference: a deadline may be as far away as the clock goes.
  if (deadline <= now || deadline - now < wait || deadline - now - wait < min_attempt) return {};
  return now + wait;
}

}  // namespace tributary::actors::guards
