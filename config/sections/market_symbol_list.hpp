// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace tributary::config {

/// The parts between the commas of `market.active_symbols`, without the spaces around them; none of
/// a blank text. A part may be empty and need not be a symbol. Views into `text`.
std::vector<std::string_view> split_symbols(std::string_view text);

}  // namespace tributary::config
