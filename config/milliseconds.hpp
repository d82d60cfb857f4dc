// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace tributary::config {

/// What durations of the configuration are counted in.
using std::chrono::milliseconds;

}  // namespace tributary::config
