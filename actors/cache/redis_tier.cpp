// SPDX-License-Identifier: MIT
#include "actors/cache/redis_tier.hpp"

#include "actors/cache/cache_key.hpp"
#include "actors/cache/entity_tag.hpp"
#include "actors/cache/ttl.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/structured_field.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::cache {

using http::wire::byte_slice;
using http::wire::shared_bytes;
using std::chrono::milliseconds;
using store::redis::reply_kind;

namespace {

/// Keys[1]: the set of a tag; arguments: a key and its time to live in ms. Anything else in the
/// set's place goes. Each entry made looks after two others, so that a set that never rests does
/// not fill with keys that are long gone: about half of it is alive.
constexpr std::string_view tag_script =
    "if redis.call('TYPE',KEYS[1]).ok~='set' then redis.call('DEL',KEYS[1]) end "
    "for _,k in ipairs(redis.call('SRANDMEMBER',KEYS[1],2)) do "
    "if redis.call('EXISTS',k)==0 then redis.call('SREM',KEYS[1],k) end end "
    "redis.call('SADD',KEYS[1],ARGV[1]) "
    "if redis.call('PTTL',KEYS[1])<tonumber(ARGV[2]) then "
    "redis.call('PEXPIRE',KEYS[1],ARGV[2]) end";

bool is(const store::redis::result& result, reply_kind kind) noexcept {
  return result.why == store::redis::failure::none && result.reply.kind == kind;
}

bool is_json_object(const shared_bytes& body) {
  const auto checked = http::wire::check_json(body);
  return checked && checked.text.starts_with('{');
}

}  // namespace

std::vector<store::redis_command> look_up_commands(const std::string& key) {
  std::vector<store::redis_command> result;
  result.reserve(2);
  result.push_back({"GET", key});
  result.push_back({"PTTL", key});
  return result;
}

cached_answer_ptr read_answer(std::span<const store::redis::result> replies,
                              const aggregation::aggregate_call& call, steady_time now) {
  if (replies.size() != 2 || !is(replies[0], reply_kind::text) ||
      !is(replies[1], reply_kind::integer) || replies[1].reply.integer <= 0) {
    return nullptr;
  }
  const shared_bytes body{replies[0].reply.text};
  if (!is_json_object(body)) return nullptr;
  const auto& rules = *call.plan->settings.cache;
  const auto full = jittered(rules.ttl, rules.jitter, key_jitter(call.cache_key));
  const auto left = std::min(full, milliseconds{replies[1].reply.integer});
  cached_answer answer;
  answer.body.emplace_back(body);
  answer.etag = strong_etag(answer.body);
  answer.tags = cache_tags(*call.plan, call.values);
  answer.aggregate_status = status_from_cache(*call.plan, call.values.asked());
  answer.stored_at = now - (full - left);
  answer.expires_at = now + left;
  return share(std::move(answer));
}

std::vector<store::redis_command> keep_commands(std::string_view key, const cached_answer& answer,
                                                steady_time now) {
  const auto left = std::chrono::ceil<milliseconds>(answer.expires_at - now);
  const auto life = std::to_string(std::max<std::int64_t>(1, left.count()));
  std::string body;
  body.reserve(answer.body_size);
  for (const auto& fragment : answer.body) body += fragment.view();
  std::vector<store::redis_command> result;
  result.reserve(1 + answer.tags.size());
  auto& set = result.emplace_back();
  set.reserve(5);
  set.emplace_back("SET");
  set.emplace_back(key);
  set.push_back(std::move(body));
  set.emplace_back("PX");
  set.push_back(life);
  for (const auto& tag : answer.tags) {
    result.push_back({"EVAL", std::string{tag_script}, "1", std::string{tag_set_prefix} + tag,
                      std::string{key}, life});
  }
  return result;
}

std::string status_from_cache(const aggregation::endpoint_plan& plan, std::uint64_t asked) {
  http::wire::structured_list list;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if ((asked >> i & 1) == 0) continue;
    list.token(plan.parts[i].settings.name).parameter_token("source", "cache");
  }
  return list.str();
}

bool is_reserved(std::string_view key, std::span<const std::string> prefixes) noexcept {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return key.starts_with(prefix); });
}

}  // namespace tributary::actors::cache
