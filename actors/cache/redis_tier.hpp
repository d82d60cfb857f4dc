// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/aggregate_call.hpp"
#include "actors/cache/cached_answer.hpp"
#include "actors/store/redis_call.hpp"
#include "config/built_in.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The second tier of the endpoint cache: what is sent to Redis and what is made of its replies.
/// Values are complete answers as a client gets them, under the key that the endpoint's template
/// gives, so that `redis-cli GET` reads them; everything else is worked out from these.
namespace tributary::actors::cache {

/// Begins the name of the set that holds the keys of a tag.
using config::built_in::tag_set_prefix;

/// Begins the name of what is kept beside an answer of `parts_mark`.
using config::built_in::parts_prefix;

/// A text that stands for the asked parts of an endpoint of which one merges at the root, since the
/// members of such an answer do not tell which parts it has. Empty for other endpoints.
std::string parts_mark(const aggregation::endpoint_plan& plan, std::uint64_t asked);

/// Asks for the value of a key and its remaining time, and, given a mark, for what is kept of that
/// beside it.
std::vector<store::redis_command> look_up_commands(const std::string& key, bool marked = false);

/// The answer that Redis has for `call`, whose endpoint has a cache; null for a miss. A miss is
/// everything but a text that is one JSON object and has a time to live: failures, other types,
/// values of somebody else. So is an answer of other parts than these, as an instance with an
/// earlier or later configuration keeps it: its members, or its mark, tell.
///
/// Its age is what the key's full time to live (`key_jitter`) is ahead of the remaining one. An
/// upstream that shortened the time to live of this answer so makes it look older than it is, never
/// younger.
/// @param replies to `look_up_commands`
cached_answer_ptr read_answer(std::span<const store::redis::result> replies,
                              const aggregation::aggregate_call& call, steady_time now);

/// Keeps an answer, which is not too old at `now`, and enters its key in the sets of its tags. Each
/// set lives at least as long as the answer.
/// @param mark `parts_mark`
std::vector<store::redis_command> keep_commands(std::string_view key, const cached_answer& answer,
                                                steady_time now, std::string_view mark = {});

/// `customer;source=cache, master;source=cache` for the parts that were asked for.
std::string status_from_cache(const aggregation::endpoint_plan& plan, std::uint64_t asked);

/// True for a key that begins as one of `config::settings::key_prefixes`, which are those of tag
/// sets, breakers, limits and systems: whatever a client may write, no answer lies under such a
/// key, and no purge touches one.
bool is_reserved(std::string_view key, std::span<const std::string> prefixes) noexcept;

}  // namespace tributary::actors::cache
