// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/gcra.hpp"
#include "providers/redis/reply.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The rule of `gcra` as a Lua script that Redis runs, for a limit that several instances share.
/// The time is that of Redis, in whole microseconds; everything else is exact to the nanosecond.
/// The key goes away by itself once it says no more than that nothing was called for a while.
namespace tributary::actors::store::gcra_script {

/// The text. KEYS[1]: the key; ARGV: interval and capacity of the limiter, in ns.
std::string_view text() noexcept;

/// SHA-1 of the text in hexadecimal, by which Redis knows it once it has run.
const std::string& digest();

/// `rate_limit:{name}`; the braces are part of it and keep it on one node of a cluster.
std::string key_of(std::string_view name);

/// EVALSHA, or EVAL when Redis does not know the script.
std::vector<std::string> command(bool with_text, const std::string& key, const guards::gcra& limit);

/// Nothing when that is not an answer of the script.
std::optional<guards::rate_decision> read(const providers::redis::reply& answer);

}  // namespace tributary::actors::store::gcra_script
