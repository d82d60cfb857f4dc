// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/stand_in.hpp"

#include <vector>

namespace tributary::providers::mock {

/// All stand-ins of `tributary mock`. Its options, its listeners and `/_control` follow from this.
service_list services() noexcept;

/// The listeners of a list, in the order in which they first appear.
std::vector<const port_flag*> listeners_of(service_list list);

}  // namespace tributary::providers::mock
