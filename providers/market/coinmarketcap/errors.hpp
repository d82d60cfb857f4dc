// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tributary::providers::market::coinmarketcap {

/// The JSON of an answer, or why there is none to use. Exactly one of the two is set.
struct opened {
  std::optional<json_value> body;
  std::optional<failure> error;
  /// Of a bad request: the values that were at fault, in upper case.
  std::vector<std::string> refused;
};

/// Tells errors by `status.error_code`, a number or a string, which may come with any status, then
/// by the status.
opened open(const wire_answer& answer);

}  // namespace tributary::providers::market::coinmarketcap
