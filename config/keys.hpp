// SPDX-License-Identifier: MIT
#pragma once

#include "config/codec.hpp"

namespace tributary::config {

/// Every key of the configuration, declared once: the tables drive reading, defaults, printing, the
/// reference page and the schema. A new key goes into the struct and into the table here.
const codec<settings>& all_keys();

table<server_settings> server_keys();
table<upstream_settings> upstream_keys();
table<breaker_settings> breaker_keys();
table<tls_settings> tls_keys();
table<redis_settings> redis_keys();
codec<market_settings> market_section();
table<part_settings> part_keys();
table<endpoint_settings> endpoint_keys();

/// Names whose values are never printed nor written into the file: `Authorization`, `X-Api-Key`,
/// anything with `token`, `secret` or `password`, and a plain `key`.
bool is_secret_name(std::string_view name);

}  // namespace tributary::config
