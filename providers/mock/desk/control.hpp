// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/request.hpp"

#include <string_view>

namespace tributary::providers::mock {

class service_set;

/// True for the paths that `control` answers: `/_control` and all below it.
bool is_control(std::string_view path) noexcept;

/// Answers what operators ask: `/_control`, `/_control/{service}` and `/_control/{service}/ledger`.
/// Any thread.
reply control(const service_set& services, std::string_view method, std::string_view path,
              std::string_view body);

}  // namespace tributary::providers::mock
