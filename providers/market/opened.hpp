// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>

namespace tributary::providers::market {

/// The JSON of an answer, or why there is none to use. Exactly one of the two is set.
struct opened {
  std::optional<json_value> body;
  std::optional<failure> error;
};

}  // namespace tributary::providers::market
