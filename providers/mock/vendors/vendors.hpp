// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/stand_in.hpp"

/// Two vendors that take jobs: one answers at once, one by webhook.
namespace tributary::providers::mock::vendors {

inline constexpr port_flag on_port{"vendor-port", 7003, "vendors"};

extern const service sync_service;
extern const service async_service;

}  // namespace tributary::providers::mock::vendors
