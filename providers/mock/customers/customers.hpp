// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/stand_in.hpp"

/// The upstreams of `GET /aggregated-data`.
namespace tributary::providers::mock::customers {

inline constexpr port_flag on_port{"port", 7001, "customer, master data and transactions"};

extern const service customer;     ///< `/customers/{id}`
extern const service master;       ///< `/master-data?customer_id=`
extern const service transaction;  ///< `/transactions?customer_id=[&from=][&to=]`

}  // namespace tributary::providers::mock::customers
