// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

/// Names that the program itself has taken: a configuration cannot give them to something else.
/// Those who serve and store under them take them from here, so that the check knows all of them.
/// What a system takes is said by its section.
namespace tributary::config::built_in {

/// Paths on the public listener.
inline constexpr std::string_view livez_path = "/livez";
inline constexpr std::string_view readyz_path = "/readyz";
inline constexpr std::string_view health_path = "/health";

inline constexpr std::string_view paths[] = {livez_path, readyz_path, health_path};

/// Parameters in one path that the router can hold.
inline constexpr std::size_t most_path_parameters = 16;

/// How the keys begin that instances share in Redis, beside those of the systems' sections. Answers
/// are not kept there under such a key, and purges leave them alone.
inline constexpr std::string_view tag_set_prefix = "cache_tag:";
inline constexpr std::string_view parts_prefix = "cache_parts:";
inline constexpr std::string_view key_prefixes[] = {
    "circuit_breaker:", "rate_limit:", tag_set_prefix, parts_prefix};

}  // namespace tributary::config::built_in
