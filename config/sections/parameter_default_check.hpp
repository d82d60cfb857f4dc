// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/endpoint_settings.hpp"

#include <string>
#include <string_view>

namespace tributary::config {

/// What is wrong with the declared default of a parameter; empty: nothing. For type `parts` the
/// parts of `endpoint` are what it may name.
std::string judge_default(const parameter_settings& parameter, const endpoint_settings& endpoint);

}  // namespace tributary::config
