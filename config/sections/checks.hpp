// SPDX-License-Identifier: MIT
#pragma once

#include "config/complaint.hpp"
#include "config/sections/admin_settings.hpp"
#include "config/sections/endpoint_settings.hpp"
#include "config/sections/memory_cache_settings.hpp"
#include "config/sections/redis_settings.hpp"
#include "config/sections/server_settings.hpp"
#include "config/sections/upstream_settings.hpp"

#include <string>
#include <vector>

namespace tributary::config {

// What no single value shows, of each part of the file. Some fill the fields that follow from
// others: an upstream's host, a part's member.

void check_server(const server_settings& server, complaint& out);

/// @param server whose port is taken
void check_admin(const admin_settings& admin, const server_settings& server, complaint& out);

/// Fills `main` and `cache`.
void check_redis(redis_settings& redis, complaint& out);

void check_upstream(upstream_settings& upstream, complaint& out);
void check_breaker(const key_path& path, const breaker_settings& breaker, complaint& out);

/// A key that does nothing is a misunderstanding.
void check_rate_limit(const key_path& path, const rate_limit_settings& limit, complaint& out);

/// Judges how `upstream`, whose keys stand at `path`, is reached, and reads its URL into the fields
/// that follow from it.
void check_url(const key_path& path, upstream_settings& upstream, complaint& out);

/// @param name of the section: `cache` or `part_cache`
void check_memory_cache(const std::string& name, const memory_cache_settings& cache,
                        complaint& out);

/// @param upstreams names of those that a part may ask
/// @param key_prefixes with which no key of an answer in Redis begins
void check_endpoint(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                    const std::vector<std::string>& key_prefixes, complaint& out);

/// True for header fields of calls that the gateway itself sets, in any case of letters.
bool is_own_field(const std::string& name);

void check_part(part_settings& part, const endpoint_settings& endpoint,
                const std::vector<std::string>& upstreams, complaint& out);

}  // namespace tributary::config
