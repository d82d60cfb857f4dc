// SPDX-License-Identifier: MIT
#include "providers/market/finnhub/errors.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/finnhub/finnhub.hpp"

#include <algorithm>
#include <string>

namespace tributary::providers::market::finnhub {

namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

/// The allowance is per minute, so a reset further off than this is no Unix time.
constexpr auto latest_reset = 1h;

/// Until the reset that the answer names, else as Retry-After says, else a whole minute.
failure limit_reached(const wire_answer& answer) {
  constexpr auto detail = "the rate limit is reached";
  if (const auto reset = read_allowance(answer.header_block).reset) {
    const auto wait = ceil<milliseconds>(*reset - answer.received);
    if (wait <= latest_reset) return rate_limited(std::max<milliseconds>(wait, 1s), detail);
  }
  const auto asked = read_retry_after(answer);
  return rate_limited(asked ? std::max<milliseconds>(*asked, 1s) : milliseconds{60s}, detail);
}

bool is_limit_text(std::string_view text) noexcept {
  return mentions(text, {"limit reached", "rate limit", "too many requests"});
}

/// By the words alone, of an error that comes with 200.
failure failure_of_words(std::string_view words, const wire_answer& answer) {
  if (is_limit_text(words)) return limit_reached(answer);
  if (mentions(words, {"api key", "token"})) return failed(error_kind::auth, "the key is refused");
  if (mentions(words, {"access"})) {
    return failed(error_kind::not_entitled, "not in the plan of this key");
  }
  return failed(error_kind::bad_request, "answered 200 with an error");
}

std::optional<failure> failure_of_status(const wire_answer& answer) {
  if (auto error = failure_of_transport(answer)) return error;
  switch (answer.status) {
    case 200:
      return {};
    case 401:
      return failed(error_kind::auth, "answered 401: the key is missing or refused");
    case 403:
      return failed(error_kind::not_entitled, "answered 403: not in the plan of this key");
    case 429:
      return limit_reached(answer);
    default:
      return failed(error_kind::bad_request, "answered " + std::to_string(answer.status));
  }
}

}  // namespace

opened open(const wire_answer& answer) {
  opened out;
  if ((out.error = failure_of_status(answer))) return out;
  out.body = parse_json(answer.body);
  if (!out.body) {
    // Long texts are not ours to search; the sentence is short.
    out.error = answer.body.size() < 1024 && is_limit_text(answer.body)
                    ? limit_reached(answer)
                    : failed(error_kind::malformed, "the answer is not JSON");
    return out;
  }
  const auto words = (*out.body)["error"].as_text();
  if (words.empty()) return out;
  out.error = failure_of_words(words, answer);
  out.body.reset();  // and with it the words
  return out;
}

}  // namespace tributary::providers::market::finnhub
