// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/errors.hpp"

#include "providers/market/answer.hpp"

namespace tributary::providers::market::yahoo {

namespace {

struct found_error {
  const json_value* error = nullptr;
  std::string_view key;  ///< the top-level one that has it; empty: the document itself
};

/// The `error` that says something, of the one top-level member that has it, or of the document.
found_error find_error(const json_value& document) {
  const auto says_something = [](const json_value& error) {
    return (error.is_object() && !error.members.empty()) || !error.as_text().empty();
  };
  if (says_something(document["error"])) return {&document["error"], {}};
  for (auto& [name, member] : document.members) {
    if (says_something(member["error"])) return {&member["error"], name};
  }
  return {};
}

error_kind kind_of_status(int status) noexcept {
  switch (status) {
    case 400:
    case 422:
      return error_kind::bad_request;
    case 401:
    case 403:
      return error_kind::auth;
    case 404:
      return error_kind::not_found;
    case 429:
      return error_kind::rate_limited;
    default:
      return error_kind::unavailable;
  }
}

error_kind kind_of_error(std::string_view code, std::string_view description, int status) {
  if (mentions(code, {"unauthorized", "forbidden"}) ||
      mentions(description, {"invalid crumb", "invalid cookie", "unable to access this feature"})) {
    return error_kind::auth;
  }
  if (mentions(code, {"too many requests"}) || mentions(description, {"too many requests"})) {
    return error_kind::rate_limited;
  }
  if (mentions(description, {"data doesn't exist"})) return error_kind::no_data;
  if (mentions(code, {"not found", "not-found"}) || mentions(description, {"no data found"})) {
    return error_kind::not_found;
  }
  if (mentions(code, {"argument-error", "bad request", "bad-request"})) {
    return error_kind::bad_request;
  }
  return kind_of_status(status);
}

bool is_of_symbols(error_kind kind) noexcept {
  return kind == error_kind::not_found || kind == error_kind::no_data;
}

failure with_wait(failure why, const wire_answer& answer) {
  if (why.kind == error_kind::rate_limited) why.retry_after = read_retry_after(answer);
  return why;
}

/// Our words for it; Yahoo's own are for its readers only.
std::string words_for(error_kind kind, int status) {
  switch (kind) {
    case error_kind::auth:
      return "cookie and crumb are refused";
    case error_kind::rate_limited:
      return "too many requests";
    case error_kind::not_found:
      return "the symbol is not known";
    case error_kind::no_data:
      return "there is no price";
    default:
      return "answered " + std::to_string(status) + " with an error";
  }
}

/// An error that speaks of symbols where none are meant is about the path.
failure read_error(const json_value& error, const wire_answer& answer, bool means_symbols) {
  const auto code = error["code"].as_text();
  auto description = error.is_object() ? error["description"].as_text() : error.as_text();
  if (description.empty()) description = code;
  auto kind = kind_of_error(code, description, answer.status);
  if (is_of_symbols(kind) && !means_symbols) kind = error_kind::unavailable;
  return with_wait(failed(kind, words_for(kind, answer.status)), answer);
}

}  // namespace

bool says_too_many(std::string_view body) noexcept {
  return body.size() < 200 && mentions(body, {"too many requests"});
}

bool is_throttled(const wire_answer& answer) noexcept {
  return answer.status == 429 || says_too_many(answer.body);
}

failure throttled(const wire_answer& answer) {
  return with_wait(failed(error_kind::rate_limited, "too many requests"), answer);
}

std::variant<json_value, failure> open_answer(const wire_answer& answer,
                                              std::string_view speaks_of_symbols) {
  if (is_throttled(answer)) return throttled(answer);
  if (auto failure = failure_of_transport(answer)) return *std::move(failure);
  const bool good = answer.status == 200;
  auto document = is_html(answer.body) ? std::nullopt : parse_json(answer.body);
  if (document && document->is_object()) {
    if (const auto found = find_error(*document); found.error) {
      return read_error(*found.error, answer, !found.key.empty() && found.key == speaks_of_symbols);
    }
    if (good) return *std::move(document);
  }
  if (good) return failed(error_kind::malformed, "the answer is not the document expected");
  // A bare 404 is about the path, not about a symbol.
  const auto kind = answer.status == 404 ? error_kind::unavailable : kind_of_status(answer.status);
  return failed(kind, "answered " + std::to_string(answer.status));
}

quotes_result all_failed(std::span<const symbol> asked, const failure& why) {
  quotes_result result;
  if (!is_of_symbols(why.kind)) {
    result.errors.push_back(why);
    return result;
  }
  for (auto& what : asked) {
    result.errors.push_back(why);
    result.errors.back().symbol = what.text;
  }
  return result;
}

}  // namespace tributary::providers::market::yahoo
