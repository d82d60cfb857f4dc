// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"
#include "config/settings.hpp"

namespace tributary::config {

struct market_vocabulary;

/// Judges what no single value shows: references, templates, contradictions, doubles. `root` is the
/// document that `target` was read from, for places. What already has an error is passed over.
/// Fills the fields of `target` that follow from others: an upstream's host, a part's member.
void check(const node& root, const market_vocabulary& known, settings& target, error_list& errors);

/// What is wrong, told by path; finds the place in the document.
class complaint {
 public:
  complaint(const node& root, error_list& errors) : root_{root}, errors_{errors} {}

  /// Says `message` of `path`, unless something is wrong there already.
  void add(const key_path& path, std::string message, std::string suggestion = {});

  /// As `add`, pointing at the name of the member rather than its value.
  void add_name(const key_path& path, std::string message, std::string suggestion = {});

  /// The node at `path`, or null when the file does not have it.
  const node* find(const key_path& path) const;

 private:
  const node& root_;
  error_list& errors_;
};

void check_upstream(upstream_settings& upstream, complaint& out);
void check_breaker(const key_path& path, const breaker_settings& breaker, complaint& out);

/// Judges how `upstream`, whose keys stand at `path`, is reached, and reads its URL into the fields
/// that follow from it.
void check_url(const key_path& path, upstream_settings& upstream, complaint& out);

/// Fills each provider's `upstream`. `upstreams` are names that are taken.
void check_market(market_settings& market, const std::vector<std::string>& upstreams,
                  const market_vocabulary& known, complaint& out);

/// Fills `main` and `cache`; `answers` are what a reply must be able to hold.
void check_redis(redis_settings& redis, const memory_cache_settings& answers, complaint& out);

void check_endpoint(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                    complaint& out);

void check_part(part_settings& part, const endpoint_settings& endpoint,
                const std::vector<std::string>& upstreams, complaint& out);

/// Whether `text` has the characters of an RFC 9110 token only; an empty one has.
bool is_token(std::string_view text);

/// `path` with more segments.
key_path operator/(key_path path, std::string segment);

}  // namespace tributary::config
