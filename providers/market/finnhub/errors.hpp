// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/opened.hpp"

namespace tributary::providers::market::finnhub {

/// Tells errors by status and words, of which the older ones are plain text.
opened open(const wire_answer& answer);

}  // namespace tributary::providers::market::finnhub
