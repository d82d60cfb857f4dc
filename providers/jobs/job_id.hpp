// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::jobs {

/// A UUID as RFC 9562 has it: the name of a job. Those made here are of version 7 and so in order
/// of their making, which keeps a store's index in one place: with random keys it loses half of its
/// rate.
class job_id {
 public:
  static constexpr std::size_t size = 16;
  static constexpr std::size_t text_size = 36;

  /// All bits zero, the name of no job.
  job_id() noexcept = default;
  explicit job_id(const std::array<std::uint8_t, size>& bytes) noexcept : bytes_(bytes) {}

  /// Nothing for what is not 8-4-4-4-12 hexadecimal digits; any letter case, any version.
  static std::optional<job_id> parse(std::string_view text) noexcept;

  /// In lower case.
  std::string text() const;

  const std::array<std::uint8_t, size>& bytes() const noexcept { return bytes_; }

  auto operator<=>(const job_id&) const noexcept = default;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

/// Makes names. Of one thread.
class job_id_source {
 public:
  /// @param random 64 bits, unguessable
  explicit job_id_source(std::function<std::uint64_t()> random);

  /// Greater than all that this source made before, also when the clock was set back meanwhile.
  job_id next(std::chrono::sys_time<std::chrono::milliseconds> now);

 private:
  std::function<std::uint64_t()> random_;
  std::uint64_t last_ = 0;  ///< milliseconds since 1970, and 12 bits that count within one
};

}  // namespace tributary::providers::jobs

template <>
struct std::hash<tributary::providers::jobs::job_id> {
  std::size_t operator()(const tributary::providers::jobs::job_id& id) const noexcept;
};
