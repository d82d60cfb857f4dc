// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/errors.hpp"

#include "http/wire/characters.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/redact.hpp"

namespace tributary::providers::market::alpha_vantage {

namespace {

using namespace std::chrono_literals;

std::string_view without_number(std::string_view name) noexcept {
  std::size_t at = 0;
  while (at < name.size() && http::wire::is_digit(name[at])) ++at;
  if (at == 0 || at >= name.size() || name[at] != '.') return name;
  return http::wire::trim(name.substr(at + 1));
}

std::chrono::milliseconds until_next_day(std::chrono::system_clock::time_point now) {
  using namespace std::chrono;
  return ceil<milliseconds>(floor<days>(now) + days{1} - now);
}

/// In our words: theirs are advice to their own customers, and some hold the key or a mask of it.
/// The order matters: the text about bursts names the daily limit and premium endpoints too.
failure judge(std::string_view text, const wire_answer& answer, std::string_view key) {
  // The key may spell any of the words looked for, and `demo` is a word of the text.
  constexpr std::size_t least_to_hide = 8;
  const auto words = redact(text, key.size() >= least_to_hide ? key : std::string_view{});
  if (mentions(words, {"apikey"}) && mentions(words, {"invalid", "missing"})) {
    return failed(error_kind::auth, "the key is missing or refused");
  }
  if (mentions(words, {"**demo**", "demo api key", "demo purposes"})) {
    return failed(error_kind::auth, "the key is the one for demonstrations");
  }
  if (mentions(words, {"per second", "sparingly"})) {
    return rate_limited(1s, "the limit of this second is reached");
  }
  if (mentions(words, {"per minute"})) {
    return rate_limited(60s, "the limit of this minute is reached");
  }
  if (mentions(words, {"per day", "rate limit"})) {
    return rate_limited(until_next_day(answer.received), "the limit of this day is reached");
  }
  if (mentions(words, {"premium endpoint"})) {
    return failed(error_kind::not_entitled, "not in the plan of this key");
  }
  // Every call we make is well formed, so it is the symbol that is wrong.
  if (mentions(words, {"invalid api call"})) {
    return failed(error_kind::not_found, "the symbol is not known");
  }
  return failed(error_kind::unavailable, "answered with an unknown message");
}

bool holds_something(const json_value& value) noexcept {
  return !value.members.empty() || !value.items.empty();
}

}  // namespace

const json_value& numbered(const json_value& object, std::string_view name) noexcept {
  static const json_value none;
  for (auto& [key, value] : object.members) {
    if (http::wire::same_without_case(without_number(key), name)) return value;
  }
  return none;
}

const json_value& beginning(const json_value& object, std::string_view name) noexcept {
  static const json_value none;
  for (auto& [key, value] : object.members) {
    if (std::string_view{key}.starts_with(name)) return value;
  }
  return none;
}

std::optional<failure> stated_error(const json_value& document, const wire_answer& answer,
                                    std::string_view key) {
  for (const std::string_view name : {"Error Message", "Information", "Note"}) {
    const auto text = document[name].as_text();
    if (!text.empty()) return judge(text, answer, key);
  }
  if (document["detail"].as_text().empty()) return {};
  return failed(error_kind::bad_request, "answered that the request is wrong");
}

std::optional<failure> failure_of_status(const wire_answer& answer) {
  if (answer.status == 200) return {};
  if (answer.status == 429) return rate_limited(read_pause(answer), "too many requests");
  const bool refused = answer.status == 401 || answer.status == 403;
  return failed(refused ? error_kind::auth : error_kind::bad_request,
                "answered " + std::to_string(answer.status));
}

std::variant<json_value, failure> open_document(const wire_answer& answer) {
  if (auto why = failure_of_transport(answer)) return *std::move(why);
  auto document = parse_json(answer.body);
  if (document && document->is_object()) return *std::move(document);
  if (auto why = failure_of_status(answer)) return *std::move(why);
  return failed(error_kind::malformed, "the answer is no document");
}

std::variant<json_value, failure> open_data(const wire_answer& answer, std::string_view data,
                                            std::string_view key) {
  auto opened = open_document(answer);
  if (std::holds_alternative<failure>(opened)) return opened;
  auto& document = std::get<json_value>(opened);
  if (answer.status == 200 && holds_something(beginning(document, data))) return opened;
  if (auto why = stated_error(document, answer, key)) return *std::move(why);
  if (auto why = failure_of_status(answer)) return *std::move(why);
  // An unknown symbol has an empty object, or none; a series nothing but its description.
  const bool expected = document.members.empty() || beginning(document, data).is_object() ||
                        document["Meta Data"].is_object();
  return expected ? failed(error_kind::not_found, "the symbol is not known")
                  : failed(error_kind::malformed, "the answer is not the document expected");
}

std::optional<failure> failure_of_csv(const wire_answer& answer, std::string_view key) {
  if (auto why = failure_of_transport(answer)) return why;
  const auto first = answer.body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const bool none = first == answer.body.npos;
  if (answer.status == 200 && !none && answer.body[first] != '{' && answer.body[first] != '[') {
    return {};
  }
  auto opened = open_document(answer);
  if (auto* why = std::get_if<failure>(&opened)) return std::move(*why);
  if (auto why = stated_error(std::get<json_value>(opened), answer, key)) {
    // Nothing was asked for by name that could be unknown.
    if (why->kind == error_kind::not_found) {
      why = failed(error_kind::bad_request, "answered that the request is wrong");
    }
    return why;
  }
  if (auto why = failure_of_status(answer)) return why;
  return failed(error_kind::malformed, "the answer is not the list expected");
}

}  // namespace tributary::providers::market::alpha_vantage
