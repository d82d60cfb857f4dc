// SPDX-License-Identifier: MIT
#include "providers/market/coingecko/errors.hpp"

#include "providers/market/answer.hpp"

#include <algorithm>
#include <string>

namespace tributary::providers::market::coingecko {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// `Retry-After` may be missing, or 0 while the limit lasts.
constexpr milliseconds shortest_wait = 10s;

failure limit_reached(const wire_answer& answer) {
  const auto asked = read_retry_after(answer).value_or(shortest_wait);
  return rate_limited(std::max(asked, shortest_wait), "the rate limit is reached");
}

/// An `error_code` at the top, in `status` or in `error.status`; 0 when there is none. A coin may
/// be called `status` or `error`, so it takes the code itself to make an error.
int code_of(const json_value& body) {
  for (const auto* at : {&body, &body["status"], &body["error"]["status"], &body["error"]}) {
    const auto code = (*at)["error_code"].as_number();
    if (code && code->value > 0 && code->value < 100'000) return static_cast<int>(code->value);
  }
  return 0;
}

std::optional<failure> failure_of_code(int code, const wire_answer& answer) {
  const auto detail = "error code " + std::to_string(code);
  switch (code) {
    case 429:
      return limit_reached(answer);
    case 401:
    case 10002:
      return failed(error_kind::auth, detail + ": the key is missing or refused");
    case 10010:
    case 10011:
      return failed(error_kind::auth, detail + ": key and origin are of different tiers");
    case 10005:
    case 10012:
      return failed(error_kind::not_entitled, detail + ": not in the plan of this key");
    case 1020:  // of Cloudflare, which blocks in JSON, too
      return failed(error_kind::unavailable, detail + ": blocked");
    // Beside blocked addresses this is the answer to a missing User-Agent, at fault is the request.
    case 403:
      return failed(error_kind::bad_request, detail);
    default:
      break;
  }
  if (code == 408 || (code >= 500 && code < 600)) return failed(error_kind::unavailable, detail);
  if (code >= 400 && code < 500) return failed(error_kind::bad_request, detail);
  return {};
}

std::optional<failure> failure_of_status(const wire_answer& answer, bool is_json) {
  const auto detail = "answered " + std::to_string(answer.status);
  switch (answer.status) {
    case 200:
      return {};
    case 401:
      return failed(error_kind::auth, detail + ": the key is missing or refused");
    case 403:
      // Cloudflare also blocks in plain text.
      if (!is_json) return failed(error_kind::unavailable, detail);
      return failed(error_kind::not_entitled, detail + ": not in the plan of this key");
    case 429:
      return limit_reached(answer);
    // A 404 that does not name the coin is of the path, which is no fault of a coin's.
    default:
      return failed(error_kind::bad_request, detail);
  }
}

/// The one sentence that is about a coin; with 404, and understood with 200.
std::optional<failure> unknown_coin(const json_value& body, const wire_answer& answer) {
  if (answer.status != 404 && answer.status != 200) return {};
  if (!mentions(body["error"].as_text(), {"coin not found", "could not find coin"})) return {};
  return failed(error_kind::not_found, "the coin is not known");
}

/// Of an error that comes with 200 as a sentence.
failure failure_of_words(std::string_view words, const wire_answer& answer) {
  if (mentions(words, {"rate limit", "throttled"})) return limit_reached(answer);
  if (mentions(words, {"api key"})) return failed(error_kind::auth, "the key is refused");
  return failed(error_kind::bad_request, "answered 200 with an error");
}

}  // namespace

opened open(const wire_answer& answer) {
  opened result;
  if ((result.error = failure_of_transport(answer))) return result;
  auto body = parse_json(answer.body);
  if (body && (result.error = unknown_coin(*body, answer))) return result;
  if (const int code = body ? code_of(*body) : 0; code != 0) {
    result.error = failure_of_code(code, answer);
  }
  if (!result.error) result.error = failure_of_status(answer, body.has_value());
  if (!result.error && !body) {
    // Long texts are not ours to search; the sentence is short.
    result.error = answer.body.size() < 1024 && mentions(answer.body, {"rate limit", "throttled"})
                       ? limit_reached(answer)
                       : failed(error_kind::malformed, "the answer is not JSON");
  }
  if (!result.error) {
    const auto words = (*body)["error"].as_text();
    if (!words.empty()) result.error = failure_of_words(words, answer);
  }
  if (!result.error) result.body = std::move(body);
  return result;
}

}  // namespace tributary::providers::market::coingecko
