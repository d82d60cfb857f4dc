// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>

namespace tributary::providers::market::finnhub {

/// The JSON of an answer, or why there is none to use. Exactly one of the two is set.
struct opened {
  std::optional<json_value> body;
  std::optional<failure> error;
};

/// Tells errors by status and words, of which the older ones are plain text.
opened open(const wire_answer& answer);

}  // namespace tributary::providers::market::finnhub
