// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::vendors {

/// A vendor's own name for a job has so many characters at most.
inline constexpr std::size_t most_reference_characters = 128;

/// Reads a vendor's own name for a job from a JSON text that has passed check_json.
/// @returns nullopt for what is no string of 1 to `most_reference_characters` characters, or has
/// half a surrogate or U+0000 in it, which not every store can keep
std::optional<std::string> read_reference(std::string_view json);

}  // namespace tributary::providers::vendors
