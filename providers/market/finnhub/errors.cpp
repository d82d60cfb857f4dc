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

/// The longer of what Retry-After says and the time to the reset that the answer names; a whole
/// minute where it has neither.
failure limit_reached(const wire_answer& answer) {
  constexpr auto detail = "the rate limit is reached";
  const auto asked = read_retry_after(answer);
  const auto reset = time_to_reset(read_allowance(answer.header_block), answer.received);
  if (!asked && !reset) return rate_limited(60s, detail);
  return rate_limited(std::max<milliseconds>({asked.value_or(0s), reset.value_or(0s), 1s}), detail);
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
      return failed(answer.status < 300 ? error_kind::malformed : error_kind::bad_request,
                    "answered " + std::to_string(answer.status));
  }
}

}  // namespace

opened open(const wire_answer& answer) {
  opened result;
  if ((result.error = failure_of_status(answer))) return result;
  result.body = parse_json(answer.body);
  if (!result.body) {
    // Long texts are not ours to search; the sentence is short.
    result.error = answer.body.size() < 1024 && is_limit_text(answer.body)
                       ? limit_reached(answer)
                       : failed(error_kind::malformed, "the answer is not JSON");
    return result;
  }
  const auto& error = (*result.body)["error"];
  const auto words = error.as_text();
  const bool structured = error.is_object() || error.is_array();
  if (words.empty() && !structured) return result;
  result.error = structured ? failed(error_kind::malformed, "answered 200 with an unknown error")
                            : failure_of_words(words, answer);
  result.body.reset();  // and with it the words
  return result;
}

}  // namespace tributary::providers::market::finnhub
