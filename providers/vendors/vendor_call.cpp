// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_call.hpp"

#include "http/wire/json_string.hpp"

namespace tributary::providers::vendors {

namespace {

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& to, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const auto c : text) {
    if (is_unreserved(c)) {
      to += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += digits[byte >> 4];
    to += digits[byte & 15];
  }
}

std::string job_target(std::string_view prefix, const jobs::job_id& id) {
  return std::string{prefix} + "/jobs/" + id.text();
}

}  // namespace

std::string_view prefix_of(std::string_view path) noexcept {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::string callback_url_of(std::string_view public_url, std::string_view vendor,
                            std::string_view token) {
  std::string result{prefix_of(public_url)};
  result += "/vendor-webhook/";
  append_encoded(result, vendor);
  result += "?token=";
  append_encoded(result, token);
  return result;
}

vendor_call start_call(std::string_view prefix, const attempt_terms& terms) {
  const auto id = terms.id.text();
  vendor_call result;
  result.method = "POST";
  result.target = std::string{prefix} + "/jobs";
  result.headers = {{"Content-Type", "application/json"},
                    {"Idempotency-Key", '"' + id + '/' + std::to_string(terms.round) + '"'},
                    {"X-Attempt", std::to_string(terms.attempt)}};
  auto& body = result.body;
  body.reserve(terms.payload.size() + terms.callback_url.size() + 96);
  body.append(R"({"job_id":")").append(id).append(R"(","payload":)").append(terms.payload);
  if (!terms.callback_url.empty()) {
    body += R"(,"callback_url":)";
    http::wire::append_json_string(body, terms.callback_url);
  }
  body += '}';
  return result;
}

vendor_call look_up_call(std::string_view prefix, const jobs::job_id& id) {
  return {"GET", job_target(prefix, id), {}, {}};
}

vendor_call cancel_call(std::string_view prefix, const jobs::job_id& id) {
  return {"DELETE", job_target(prefix, id), {}, {}};
}

}  // namespace tributary::providers::vendors
