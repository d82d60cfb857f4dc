// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_webhook.hpp"

#include "http/wire/json_check.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/json_string.hpp"
#include "providers/vendors/vendor_reference.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace tributary::providers::vendors {

namespace {

using http::wire::json_member;
using parsed_webhook = std::variant<vendor_webhook, webhook_refusal>;

webhook_refusal malformed(std::string_view detail) {
  return {webhook_refusal::kind::malformed, std::string{detail}};
}

/// The members of one object by name.
class members {
 public:
  explicit members(std::string_view object) : all_(http::wire::split_object(object, true)) {}

  /// Nullopt where there is none.
  std::optional<std::string_view> find(std::string_view name) const {
    for (const auto& each : all_) {
      if (each.key == name) return each.value;
    }
    return std::nullopt;
  }

  /// Nullopt where there is none, or null.
  std::optional<std::string_view> find_value(std::string_view name) const {
    const auto found = find(name);
    return found == "null" ? std::nullopt : found;
  }

 private:
  std::vector<json_member> all_;
};

bool is_string(std::string_view json) { return json.starts_with('"'); }

/// Reads whose job it is.
std::optional<webhook_refusal> read_names(const members& from, vendor_webhook& to) {
  const auto id = from.find_value("job_id");
  const auto reference = from.find_value("reference");
  if (!id && !reference) return malformed("`job_id` or `reference` is missing");
  if (id) {
    if (is_string(*id)) to.id = jobs::job_id::parse(http::wire::unescape_json(*id));
    if (!to.id) return malformed("`job_id` is not a UUID");
  }
  if (reference) {
    auto read = read_reference(*reference);
    if (!read) return malformed("`reference` is not a string of 1 to 128 characters");
    to.reference = *std::move(read);
  }
  return std::nullopt;
}

/// Reads `error`, which may be missing.
std::variant<vendor_webhook::failed, webhook_refusal> read_failure(const members& from) {
  vendor_webhook::failed result;
  const auto error = from.find_value("error");
  if (!error) return result;
  if (!http::wire::is_object(*error)) return malformed("`error` is not an object");
  const members told{*error};
  if (const auto message = told.find_value("message")) {
    if (!is_string(*message)) return malformed("`error.message` is not a string");
    result.message = http::wire::unescape_json(*message);
  }
  if (const auto retryable = told.find_value("retryable")) {
    if (retryable != "true" && retryable != "false") {
      return malformed("`error.retryable` is neither true nor false");
    }
    result.retryable = retryable == "true";
  }
  return result;
}

/// Reads what is said of the job.
std::optional<webhook_refusal> read_news(const members& from, vendor_webhook& to) {
  const auto status = from.find("status");
  if (!status) {
    const auto data = from.find("data");
    if (!data) return malformed("`data` is missing");
    to.what = vendor_webhook::done{std::string{*data}};
    return std::nullopt;
  }
  const auto word = is_string(*status) ? http::wire::unescape_json(*status) : std::string{};
  if (word == "progress") {
    const auto progress = from.find("progress");
    if (!progress) return malformed("`progress` is missing");
    to.what = vendor_webhook::progress{std::string{*progress}};
    return std::nullopt;
  }
  if (word != "failed") return malformed("`status` is neither `failed` nor `progress`");
  auto failure = read_failure(from);
  if (auto* refused = std::get_if<webhook_refusal>(&failure)) return std::move(*refused);
  to.what = std::get<vendor_webhook::failed>(std::move(failure));
  return std::nullopt;
}

}  // namespace

parsed_webhook parse_vendor_webhook(const http::wire::shared_bytes& body) {
  const auto checked = http::wire::check_json(body);
  if (!checked) {
    return webhook_refusal{
        webhook_refusal::kind::not_json,
        std::string{checked.error} + " at byte " + std::to_string(checked.position)};
  }
  if (!http::wire::is_object(checked.text)) return malformed("the body is not an object");
  const members told{checked.text};
  vendor_webhook result;
  if (auto why = read_names(told, result)) return *std::move(why);
  if (auto why = read_news(told, result)) return *std::move(why);
  return result;
}

}  // namespace tributary::providers::vendors
