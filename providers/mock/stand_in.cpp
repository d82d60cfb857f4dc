// SPDX-License-Identifier: MIT
#include "providers/mock/stand_in.hpp"

namespace tributary::providers::mock {

std::optional<reply> stand_in::aside(const request&) { return std::nullopt; }

void stand_in::add_to_ledger(nlohmann::ordered_json&) const {}

}  // namespace tributary::providers::mock
