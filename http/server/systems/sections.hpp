// SPDX-License-Identifier: MIT
#pragma once

#include "config/section_list.hpp"

namespace tributary::http::server {

/// What all systems bring to the configuration. Made at the first call; any thread.
const config::section_list& systems_sections();

}  // namespace tributary::http::server
