// SPDX-License-Identifier: MIT
#pragma once

#include "config/codec.hpp"
#include "config/sections/admin_settings.hpp"
#include "config/sections/endpoint_settings.hpp"
#include "config/sections/log_settings.hpp"
#include "config/sections/memory_cache_settings.hpp"
#include "config/sections/redis_settings.hpp"
#include "config/sections/runtime_settings.hpp"
#include "config/sections/server_settings.hpp"
#include "config/sections/upstream_settings.hpp"

namespace tributary::config {

// The keys of each struct, declared once: they drive reading, defaults, printing, the reference
// page and the schema. A new key goes into the struct and into the table beside it.

/// Permissions of a socket file.
codec<unsigned> socket_mode();

table<server_settings> server_keys();
table<admin_settings> admin_keys();
table<log_settings> log_keys();
table<runtime_settings> runtime_keys();
table<memory_cache_settings> memory_cache_keys();
table<breaker_settings> breaker_keys();
table<tls_settings> tls_keys();
table<redis_settings> redis_keys();
table<rate_limit_settings> rate_limit_keys();
table<upstream_settings> upstream_keys();
table<part_settings> part_keys();
table<parameter_settings> parameter_keys();
table<endpoint_settings> endpoint_keys();

}  // namespace tributary::config
