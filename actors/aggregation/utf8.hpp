// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tributary::actors::aggregation {

/// The number of code points of a text; nothing when it is not UTF-8 (RFC 3629: no surrogates, no
/// overlong forms).
std::optional<std::size_t> count_characters(std::string_view text) noexcept;

}  // namespace tributary::actors::aggregation
