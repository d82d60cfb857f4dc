// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "http/wire/shared_bytes.hpp"
#include "providers/jobs/job_store.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What requests with a body say before anybody looks into the payload. Pure.
namespace tributary::http::server {

/// True for `application/json`, with any parameters, and where there is no content type.
bool has_json_type(const request& asked) noexcept;

/// A body that is one JSON text, without white space around it; or where it is none.
struct json_body {
  wire::shared_bytes bytes;
  std::string_view text;  ///< within `bytes`
  std::string why;  ///< empty: nothing is wrong; says where it breaks, and repeats nothing of it
};
json_body read_json_body(std::string_view body);

/// What the field `Idempotency-Key` says.
struct key_field {
  bool is_there = false;
  std::optional<std::string> key;  ///< nothing: it is not there, or malformed
};

/// Reads a String of structured fields (RFC 9651, 3.3.3) or a bare text of 1–255 printable ASCII
/// characters without blanks, in one line.
key_field read_idempotency_key(const request& asked);

/// True for a key of 1–255 printable ASCII characters.
bool is_idempotency_key(std::string_view text) noexcept;

/// SHA-256 of texts that must not be kept as they came, each with its end marked.
providers::jobs::digest digest_of(std::initializer_list<std::string_view> parts);

/// What is kept of a key and its request. @param scope which route it is for: a literal
providers::jobs::idempotency_key keyed(std::string_view scope, std::string_view key,
                                       std::string_view content_type, std::string_view body);

/// The job that a path names; nothing for what is none.
std::optional<providers::jobs::job_id> read_job_id(const request& asked);

inline constexpr std::size_t most_batch_jobs = 1'000;

/// The payloads of a batch.
struct job_batch {
  wire::shared_bytes bytes;
  std::vector<std::string_view> payloads;  ///< JSON texts, views of `bytes`
};

/// Reads `{"jobs": [payload, …]}` with no other member and 1–1,000 payloads; or says why it is
/// none.
/// @param body a JSON text
std::variant<job_batch, std::string> read_batch(std::string_view body);

}  // namespace tributary::http::server
