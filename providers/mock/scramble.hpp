// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace tributary::providers::mock {

/// A number that looks random and depends on nothing but its arguments (splitmix64).
std::uint64_t scramble(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) noexcept;

/// A number that belongs to a name (FNV-1a): a stream of its own for whatever is called so.
std::uint64_t stream_of(std::string_view name) noexcept;

}  // namespace tributary::providers::mock
