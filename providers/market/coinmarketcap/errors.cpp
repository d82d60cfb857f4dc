// SPDX-License-Identifier: MIT
#include "providers/market/coinmarketcap/errors.hpp"

#include "http/client/fetch.hpp"
#include "http/wire/characters.hpp"
#include "providers/market/answer.hpp"

#include <algorithm>

namespace tributary::providers::market::coinmarketcap {

namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

milliseconds until(sys_days when, const wire_answer& answer) {
  return std::max<milliseconds>(ceil<milliseconds>(when - answer.received), 1s);
}

milliseconds until_next_day(const wire_answer& answer) {
  return until(floor<days>(answer.received) + days{1}, answer);
}

milliseconds until_next_month(const wire_answer& answer) {
  const year_month_day today{floor<days>(answer.received)};
  return until(sys_days{(today.year() / today.month() + months{1}) / 1}, answer);
}

/// Until the reset that the answer names, else as Retry-After says, else a minute, which is how
/// long the window of the per-minute limit is.
milliseconds until_reset(const wire_answer& answer) {
  const auto text = http::client::find_header(answer.header_block, "x-ratelimit-reset");
  if (const auto reset = read_iso_time(text)) {
    const auto wait = ceil<milliseconds>(*reset - answer.received);
    if (wait <= longest_pause) return std::max<milliseconds>(wait, 1s);
  }
  return read_pause(answer);
}

/// 0 for none; also of a string, as keyless answers have it.
int code_of(const json_value& body) {
  const auto code = body["status"]["error_code"].as_number();
  return code && code->value > 0 && code->value < 100'000 ? static_cast<int>(code->value) : 0;
}

failure failure_of_code(int code, const wire_answer& answer) {
  const auto detail = "error code " + std::to_string(code);
  switch (code) {
    case 401:
    case 402:
    case 403:
    case 1001:
    case 1002:
    case 1003:
    case 1004:
    case 1005:
    case 1007:
      return failed(error_kind::auth, detail + ": the key is missing or refused");
    case 1006:
      return failed(error_kind::not_entitled, detail + ": not in the plan of this key");
    case 429:
    case 1008:
      return rate_limited(until_reset(answer), detail + ": the limit of this minute");
    case 1009:
      return rate_limited(until_next_day(answer), detail + ": the limit of this day");
    case 1010:
      return rate_limited(until_next_month(answer), detail + ": the limit of this month");
    case 1011:
      return rate_limited(until_reset(answer), detail + ": the limit of this address");
    default:
      break;
  }
  if (code >= 500 && code < 600) return failed(error_kind::unavailable, detail);
  return failed(error_kind::bad_request, detail);
}

std::optional<failure> failure_of_status(const wire_answer& answer, bool is_json) {
  const auto detail = "answered " + std::to_string(answer.status);
  switch (answer.status) {
    case 200:
      return {};
    case 403:
      if (!is_json) return failed(error_kind::unavailable, detail);
      [[fallthrough]];
    case 401:
    case 402:
      return failed(error_kind::auth, detail + ": the key is missing or refused");
    case 429:
      return rate_limited(until_reset(answer), "the rate limit is reached");
    default:
      return failed(error_kind::bad_request, detail);
  }
}

/// Appends the parts of `A,B`, without blanks and in upper case.
void append_values(std::string_view list, std::vector<std::string>& out) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const auto value = http::wire::trim(list.substr(0, end));
    if (!value.empty()) out.push_back(upper_case(value));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// The values in `Invalid value for "symbol": "NOSUCH"`, `Invalid values for "symbol": "A,B"`: what
/// stands in quotes there, up to the end of the sentence. Other words may be tickers as well.
std::vector<std::string> refused_values(std::string_view message) {
  std::vector<std::string> result;
  if (!mentions(message, {"invalid value"})) return result;
  const auto colon = message.find(':');
  if (colon == message.npos) return result;
  auto rest = message.substr(colon + 1);
  while (true) {
    const auto first = rest.find('"');
    if (first == rest.npos || rest.substr(0, first).find('.') != rest.npos) return result;
    rest.remove_prefix(first + 1);
    const auto end = rest.find('"');
    if (end == rest.npos) return result;
    append_values(rest.substr(0, end), result);
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

opened open(const wire_answer& answer) {
  opened result;
  if ((result.error = failure_of_transport(answer))) return result;
  auto body = parse_json(answer.body);
  const int code = body ? code_of(*body) : 0;
  if (code != 0) {
    result.error = failure_of_code(code, answer);
    // 403 and 429 of the status say more than a code that is not in the table.
    if (result.error->kind == error_kind::bad_request && answer.status != 200) {
      result.error = failure_of_status(answer, true);
    }
  } else {
    result.error = failure_of_status(answer, body.has_value());
  }
  if (!result.error && !body) {
    result.error = failed(error_kind::malformed, "the answer is not JSON");
  }
  if (result.error && body && result.error->kind == error_kind::bad_request) {
    result.refused = refused_values((*body)["status"]["error_message"].as_text());
  }
  if (!result.error) result.body = std::move(body);
  return result;
}

}  // namespace tributary::providers::market::coinmarketcap
