// SPDX-License-Identifier: MIT
#include "http/wire/via.hpp"

#include "http/wire/characters.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace tributary::http::wire {

namespace {

constexpr std::string_view protocol = "1.1 ";

std::string make_via() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device entropy;
  std::string result{protocol};
  result += "tributary-";
  std::uint32_t bits = entropy();
  for (int i = 0; i < 8; ++i, bits >>= 4U) result += digits[bits & 15U];
  return result;
}

}  // namespace

std::string_view own_via() {
  static const auto via = make_via();
  return via;
}

bool has_own_via(std::string_view value) {
  const auto name = own_via().substr(protocol.size());
  while (!value.empty()) {
    // received-protocol RWS received-by [ RWS comment ]
    auto member = next_item(value, ',');
    const auto gap = member.find_first_of(" \t");
    if (gap == member.npos) continue;
    member = trim(member.substr(gap));
    if (same_without_case(member.substr(0, member.find_first_of(" \t")), name)) return true;
  }
  return false;
}

}  // namespace tributary::http::wire
