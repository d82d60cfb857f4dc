// SPDX-License-Identifier: MIT
#include "http/server/request_id.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace tributary::http::server {

namespace {

/// SplitMix64 (Steele, Lea and Flood, 2014), started from the system's entropy once per thread.
class generator {
 public:
  generator() {
    std::random_device entropy;
    for (auto& word : state_) {
      word = (static_cast<std::uint64_t>(entropy()) << 32U) | entropy();
    }
  }

  std::uint64_t next(std::size_t lane) noexcept {
    auto z = state_[lane] += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::array<std::uint64_t, 2> state_{};
};

}  // namespace

bool is_sane_request_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    const char lower = wire::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || wire::is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

void make_request_id(std::string& out) {
  thread_local generator random;
  constexpr std::string_view digits = "0123456789abcdef";
  out.resize(32);
  for (std::size_t lane = 0; lane < 2; ++lane) {
    auto bits = random.next(lane);
    for (std::size_t i = 0; i < 16; ++i, bits >>= 4U) out[lane * 16 + i] = digits[bits & 15U];
  }
}

}  // namespace tributary::http::server
