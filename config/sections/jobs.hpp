// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/jobs_section.hpp"

#include <string>
#include <vector>

namespace tributary::config {

// What the section of jobs is made of.

table<jobs_settings> jobs_keys();

/// How the names of the vendors' upstreams begin. No other upstream may be called so.
inline constexpr std::string_view vendor_prefix = "vendor-";

/// Fills each vendor's `upstream`, and what a vendor takes over from the keys above it.
void check_jobs(jobs_settings& jobs, const section_scope& scope);

}  // namespace tributary::config
