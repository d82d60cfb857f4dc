// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_input.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/target.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace tributary::http::server {

namespace pj = providers::jobs;

namespace {

constexpr std::size_t longest_key = 255;

bool is_printable(char c) noexcept { return c >= 0x20 && c < 0x7f; }

/// A String of structured fields, or nothing.
std::optional<std::string> unquoted(std::string_view text) {
  std::string result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const auto c = text[i];
    if (c == '"') return i + 1 == text.size() ? std::optional{result} : std::nullopt;
    if (c == '\\') {
      if (++i == text.size() || (text[i] != '"' && text[i] != '\\')) return std::nullopt;
    }
    result += text[i];
  }
  return std::nullopt;
}

/// `line 2, column 5` of a byte, both from 1; columns count bytes.
std::string place_of(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = before.size() - (start == before.npos ? 0 : start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

bool has_json_type(const request& asked) noexcept {
  auto result = true;
  asked.each_header("Content-Type", [&](std::string_view value) {
    const auto type = wire::trim(value.substr(0, value.find(';')));
    result =
        result && (wire::trim(value).empty() || wire::same_without_case(type, "application/json"));
  });
  return result;
}

json_body read_json_body(std::string_view body) {
  json_body result{wire::shared_bytes{body}, {}, {}};
  const auto verdict = wire::check_json(result.bytes);
  result.text = verdict.text;
  if (!verdict) {
    result.why = place_of(result.bytes.view(), verdict.position) + ": ";
    result.why += verdict.error;
  }
  return result;
}

bool is_idempotency_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_key && std::ranges::all_of(text, is_printable);
}

key_field read_idempotency_key(const request& asked) {
  key_field result;
  auto lines = 0;
  std::string_view line;
  asked.each_header("Idempotency-Key", [&](std::string_view value) {
    line = wire::trim(value);
    ++lines;
  });
  result.is_there = lines != 0;
  if (lines != 1) return result;
  auto key = line.starts_with('"') ? unquoted(line) : std::optional{std::string{line}};
  // A comma or a blank in a bare text is rather a list of keys, or a key with something behind it.
  const auto is_bare = !line.starts_with('"');
  if (is_bare && line.find_first_of(" ,\"") != line.npos) return result;
  if (key && is_idempotency_key(*key)) result.key = std::move(key);
  return result;
}

pj::digest digest_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(part).append(1, '\0');
  pj::digest result{};
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), result.data());
  return result;
}

pj::idempotency_key keyed(std::string_view scope, std::string_view key,
                          std::string_view content_type, std::string_view body) {
  return {digest_of({scope, key}), digest_of({content_type, body})};
}

std::optional<pj::job_id> read_job_id(const request& asked) {
  std::string decoded;
  if (!wire::percent_decode(asked.path_value("request_id"), decoded)) return std::nullopt;
  return pj::job_id::parse(decoded);
}

std::variant<job_batch, std::string> read_batch(std::string_view body) {
  if (!wire::is_object(body)) return "expected an object with the member `jobs`";
  const auto members = wire::split_object(body, true);
  if (members.size() != 1 || members.front().key != "jobs") {
    return "expected an object with the member `jobs` and no other";
  }
  job_batch result{wire::shared_bytes{members.front().value}, {}};
  auto split = wire::split_array(result.bytes);
  auto* payloads = std::get_if<std::vector<std::string_view>>(&split);
  if (payloads == nullptr) return "`jobs` is no array";
  if (payloads->empty()) return "`jobs` is empty";
  if (payloads->size() > most_batch_jobs) return "`jobs` has more than 1000 payloads";
  result.payloads = std::move(*payloads);
  return result;
}

}  // namespace tributary::http::server
