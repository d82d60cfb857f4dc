// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/opened.hpp"

namespace tributary::providers::market::coingecko {

/// Tells errors by the code, which may be in three places of the body whatever the status is, then
/// by the status, then by the words of a plain `error`. `not_found` takes the words for it: any
/// other 404 is `bad_request`.
opened open(const wire_answer& answer);

}  // namespace tributary::providers::market::coingecko
