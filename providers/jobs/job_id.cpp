// SPDX-License-Identifier: MIT
#include "providers/jobs/job_id.hpp"

#include <cstring>
#include <utility>

namespace tributary::providers::jobs {

namespace {

constexpr bool has_hyphen_before(std::size_t byte) noexcept {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/// -1 for what is no hexadecimal digit.
constexpr int value_of_digit(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

constexpr unsigned counter_bits = 12;

}  // namespace

std::optional<job_id> job_id::parse(std::string_view text) noexcept {
  if (text.size() != text_size) return std::nullopt;
  std::array<std::uint8_t, size> bytes{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (has_hyphen_before(i) && text[at++] != '-') return std::nullopt;
    const auto high = value_of_digit(text[at++]);
    const auto low = value_of_digit(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return job_id{bytes};
}

std::string job_id::text() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(text_size);
  for (std::size_t i = 0; i < size; ++i) {
    if (has_hyphen_before(i)) result += '-';
    result += digits[bytes_[i] >> 4];
    result += digits[bytes_[i] & 15];
  }
  return result;
}

job_id_source::job_id_source(std::function<std::uint64_t()> random) : random_(std::move(random)) {}

job_id job_id_source::next(std::chrono::sys_time<std::chrono::milliseconds> now) {
  const auto time = static_cast<std::uint64_t>(now.time_since_epoch().count()) << counter_bits;
  // Where the counter is full it carries into the milliseconds: order counts more than time.
  last_ = time > last_ ? time : last_ + 1;
  const auto random = random_();
  std::array<std::uint8_t, job_id::size> bytes{};
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(last_ >> (counter_bits + 40 - 8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>(0x70 | (last_ >> 8 & 0x0f));
  bytes[7] = static_cast<std::uint8_t>(last_);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[8 + i] = static_cast<std::uint8_t>(random >> (56 - 8 * i));
  }
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  return job_id{bytes};
}

}  // namespace tributary::providers::jobs

std::size_t std::hash<tributary::providers::jobs::job_id>::operator()(
    const tributary::providers::jobs::job_id& id) const noexcept {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::memcpy(&first, id.bytes().data(), sizeof first);
  std::memcpy(&last, id.bytes().data() + sizeof first, sizeof last);
  // The last bytes are random in names made here; the first keep others apart.
  return static_cast<std::size_t>((first * 0x9e3779b97f4a7c15ULL) ^ last);
}
