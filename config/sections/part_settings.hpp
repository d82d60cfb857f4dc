// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tributary::config {

enum class merge_mode { member, root };
enum class merge_conflict { error, first, last, concat, deep };

/// Turns one upstream status into the answer of the whole endpoint.
struct status_rule {
  int upstream_status = 404;
  int status = 404;
  std::string code;  ///< `error.code`, e.g. CUSTOMER_NOT_FOUND
  std::string message;
};

/// Cache of one part's upstream answers (RFC 9111 and 5861).
struct part_cache_settings {
  std::optional<milliseconds> ttl;         ///< where the upstream is silent; unset: not stored then
  bool force_ttl = false;                  ///< `ttl` holds whatever the upstream says
  milliseconds stale_while_revalidate{0};  ///< where the upstream does not say it
  milliseconds stale_if_error{0};          ///< where the upstream does not say it
  bool shared = false;  ///< one entry for all, also when the call carries credentials
};

enum class fallback_kind { upstream, stale, fixed };

/// What stands in for a part that failed.
struct fallback_settings {
  fallback_kind kind = fallback_kind::fixed;
  std::string upstream;             ///< kind upstream: asked instead, by the part's own templates
  std::optional<std::string> path;  ///< kind upstream: template in place of the part's
  milliseconds max_stale{600'000};  ///< kind stale: how long past its time to live
  std::string fixed_json;           ///< kind fixed
};

struct part_settings {
  std::string name;
  std::string upstream;
  std::string member;                  ///< empty: the name
  std::string path;                    ///< template, appended to the upstream's prefix
  std::vector<templated_field> query;  ///< left out when a parameter in it has no value
  std::vector<templated_field> headers;
  bool required = true;
  std::optional<milliseconds> timeout;
  std::optional<std::string> default_json;  ///< stands in for a missing optional part
  merge_mode merge = merge_mode::member;
  merge_conflict on_conflict = merge_conflict::error;
  bool forward_4xx = true;  ///< `on_4xx: forward`
  std::vector<status_rule> status_rules;
  std::optional<part_cache_settings> cache;
  std::vector<fallback_settings> fallback;  ///< tried in order
};

}  // namespace tributary::config
