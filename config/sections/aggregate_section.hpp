// SPDX-License-Identifier: MIT
#pragma once

#include "config/section.hpp"
#include "config/sections/aggregate_settings.hpp"

namespace tributary::config {

/// `endpoints`, `cache` and `part_cache`: always there, without endpoints unless the file has some.
section_ptr aggregate_section();

/// The values of that section; its defaults in settings that were made without it.
const aggregate_settings& aggregates_of(const settings& all);

}  // namespace tributary::config
