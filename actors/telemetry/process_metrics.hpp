// SPDX-License-Identifier: MIT
#pragma once

namespace tributary::actors::telemetry {

class registry;

/// Adds the metrics that every Prometheus client has of its process: CPU time, resident memory,
/// open files and their limit, start time. Read from the kernel while rendering.
void add_process_metrics(registry& metrics);

}  // namespace tributary::actors::telemetry
