// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/instant.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::mock::customers {

using http::wire::instant;

/// Both ends belong to the range.
struct instant_range {
  instant from{std::numeric_limits<std::int64_t>::min(), false, {}};
  instant to{std::numeric_limits<std::int64_t>::max(), false, {}};
  bool contains(const instant& t) const { return from <= t && t <= to; }
};

/// What the services of this folder know about the customers `c1` … `c10000`: a pure function of
/// the seed, so that every run and every machine sees the same bytes. Thread-safe.
///
/// Documents are about 0.2 kB (customer), 2 kB (master data) and 4 kB (transactions). A product has
/// the same name and price whoever asks. Transactions lie in the year 2024, oldest first.
class customer_data {
 public:
  static constexpr std::uint32_t customers = 10'000;

  explicit customer_data(std::uint64_t seed) noexcept : seed_(seed) {}

  /// 1 … `customers` for `c1` … `c10000` in exactly this spelling, else nullopt.
  static std::optional<std::uint32_t> number_of(std::string_view customer_id) noexcept;

  /// JSON documents of customer `number`, which must come from `number_of`.
  std::string customer(std::uint32_t number) const;
  std::string master_data(std::uint32_t number) const;
  std::string transactions(std::uint32_t number, const instant_range& range) const;
  std::string all_transactions(std::uint32_t number) const { return transactions(number, {}); }

 private:
  std::uint64_t seed_;
};

}  // namespace tributary::providers::mock::customers
