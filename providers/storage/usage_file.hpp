// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// State in files, for those who have no other place for it. All functions block.
namespace tributary::providers::storage {

/// Calls to one provider, as counted for a day of UTC and for its month up to then.
struct stored_usage {
  std::string source;
  std::chrono::sys_days date{};
  std::uint64_t day = 0;
  std::uint64_t day_loop = 0;  ///< of these, by loops
  std::uint64_t month = 0;
  std::uint64_t month_loop = 0;

  bool operator==(const stored_usage&) const = default;
};

/// What a folder has.
struct usage_read {
  std::vector<stored_usage> values;  ///< none when there is no file, or it is not ours
  std::string trouble;               ///< why it could not be read, in words; empty: nothing wrong
};

/// Name of the file in its folder.
inline constexpr const char* usage_file_name = "market-allowance.json";

/// Reads the counts in `folder`. A file that is not one of ours, as a whole, is renamed to
/// `market-allowance.json.broken`, or `.broken2` and so on while those are taken, and reported.
usage_read read_usage(const std::string& folder);

/// Replaces the counts in `folder`, which is made if it is not there. Whoever reads sees the old
/// ones or the new ones, also after a power failure.
/// @returns why that failed, in words; empty: it is done
std::string write_usage(const std::string& folder, const std::vector<stored_usage>& values);

/// `2026-11-20`.
std::string print_date(std::chrono::sys_days date);

}  // namespace tributary::providers::storage
