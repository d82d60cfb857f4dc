// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"
#include "config/sections/upstream_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tributary::config {

/// When a job is tried again, and how often.
struct job_retry_settings {
  std::uint32_t max_attempts = 8;  ///< of one round, 1–25
  milliseconds base{1'000};        ///< doubled with each attempt
  milliseconds cap{900'000};

  bool operator==(const job_retry_settings&) const = default;
};

enum class vendor_kind : std::uint8_t {
  sync,   ///< its answer is the result
  async,  ///< it accepts, and tells the result by webhook
  echo,   ///< answers the payload within the process; for trials and benchmarks
};

/// What is to be done when nobody knows whether a vendor has done what it was asked for.
enum class on_unknown_outcome : std::uint8_t {
  retry,   ///< ask again: it knows the same request by its key
  lookup,  ///< ask what became of it first
  park,    ///< leave it to a person: the job is dead
};

/// How a vendor shows that a webhook is its own.
enum class webhook_auth : std::uint8_t { none, signature, token };

struct vendor_settings {
  std::string name;
  vendor_kind kind = vendor_kind::sync;
  std::string url;               ///< origin and optional path prefix; empty with `echo`
  milliseconds timeout{10'000};  ///< of one call
  std::size_t concurrency = 64;  ///< attempts at a time
  std::optional<rate_limit_settings> rate_limit;
  breaker_settings breaker;
  job_retry_settings retry;  ///< `jobs.retry` where it says nothing
  on_unknown_outcome on_unknown = on_unknown_outcome::retry;
  bool cancel = false;                       ///< is told when a job is cancelled
  milliseconds callback_deadline{900'000};   ///< for the webhook, with `async`
  std::vector<std::string> webhook_secrets;  ///< one or two, `whsec_…`; none: unsigned
  webhook_auth auth = webhook_auth::none;    ///< filled in by the check where the file is silent
  tls_settings tls_options;
  /// The guards' view of it, made from the others when the configuration is loaded; its name is
  /// `vendor-` and this one's.
  upstream_settings upstream;
};

/// The first rule that fits a payload names its vendor.
struct vendor_rule {
  std::string pointer;  ///< RFC 6901
  std::string equals;   ///< JSON text of the value
  std::string vendor;
};

struct cleaning_settings {
  std::vector<std::string> detectors{"email", "card", "iban", "phone", "ssn"};
  std::map<std::string, std::string> fields;  ///< member name → operator; beside the default ones
  std::map<std::string, std::string> paths;   ///< JSON Pointer with `*` → operator
  std::string hash_key;
};

struct callback_settings {
  std::string secret;  ///< `whsec_…`; empty: nobody can be called back
  std::string allow;  ///< networks in CIDR, with commas, that may be called though they are private
  /// Waits between tries; as many tries, and the first one.
  std::vector<milliseconds> schedule;
  milliseconds timeout{15'000};
};

/// Jobs: accepted once, run by vendors, finished once.
struct jobs_settings {
  milliseconds lease{30'000};
  milliseconds reap_interval{5'000};
  std::uint64_t max_queued = 1'000'000;
  milliseconds retention{604'800'000};
  milliseconds drain{20'000};
  job_retry_settings retry;
  std::string default_vendor = "sync";
  std::vector<vendor_rule> rules;
  std::vector<vendor_settings> vendors;
  std::string public_url;  ///< where vendors reach this process; empty: its own port on loopback
  std::string postgresql;  ///< URL; both empty: SQLite in `data_dir`
  std::string mongodb;     ///< URL
  cleaning_settings cleaning;
  callback_settings callbacks;
};

}  // namespace tributary::config
