// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace tributary::providers::mock::vendors {

using time_of_day = std::chrono::system_clock::time_point;

/// What happened at the vendors of one mock, for whoever checks that each job took effect once. Any
/// thread.
class vendor_ledger {
 public:
  /// So many calls and so many webhooks are kept, the newest; effects all.
  static constexpr std::size_t most_entries = 100'000;

  struct call {
    std::string_view vendor;  ///< name of the service, which lives as long as the program
    std::string method;
    std::string path;
    std::string key;      ///< Idempotency-Key without its quotes; empty: none
    std::string attempt;  ///< X-Attempt; empty: none
    unsigned status = 0;  ///< that the vendor had in mind; 0: it closed the connection
    time_of_day at{};
  };

  /// One try to deliver one webhook.
  struct webhook {
    std::string id;
    std::string job_id;
    std::string_view what;  ///< a literal: `done`, `failed`, `progress`
    std::uint64_t attempt = 0;
    unsigned status = 0;  ///< of the answer; 0: there was none, and `error` says why
    std::string error;
    time_of_day at{};
  };

  /// A job was really done, under this key.
  void add_effect(const std::string& key);
  void add(call entry);
  void add(webhook entry);

  /// `{"effects": {key: count}, "calls": […], "webhooks": […]}`; `at` is milliseconds since 1970.
  nlohmann::ordered_json to_json() const;

 private:
  mutable std::mutex mutex_;  ///< guards all
  std::map<std::string, std::uint64_t> effects_;
  std::deque<call> calls_;
  std::deque<webhook> webhooks_;
};

}  // namespace tributary::providers::mock::vendors
