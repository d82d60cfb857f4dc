// SPDX-License-Identifier: MIT
#include "providers/mock/scramble.hpp"

namespace tributary::providers::mock {

std::uint64_t scramble(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) noexcept {
  const auto mix = [](std::uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  };
  return mix(mix(mix(seed) ^ stream) ^ index);
}

std::uint64_t stream_of(std::string_view name) noexcept {
  std::uint64_t result = 0xcbf29ce484222325;
  for (const char c : name) result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return result;
}

}  // namespace tributary::providers::mock
