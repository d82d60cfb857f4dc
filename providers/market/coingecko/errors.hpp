// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>

namespace tributary::providers::market::coingecko {

/// The JSON of an answer, or why there is none to use. Exactly one of the two is set.
struct opened {
  std::optional<json_value> body;
  std::optional<failure> error;
};

/// Tells errors by the code, which may be in three places of the body whatever the status is, then
/// by the status, then by the words of a plain `error`.
opened open(const wire_answer& answer);

}  // namespace tributary::providers::market::coingecko
