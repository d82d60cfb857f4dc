// SPDX-License-Identifier: MIT
#include "actors/cache/redis_tier.hpp"

#include "actors/cache/cache_key.hpp"
#include "actors/cache/entity_tag.hpp"
#include "actors/cache/ttl.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/structured_field.hpp"

#include <algorithm>
#include <array>
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

bool is_asked(std::uint64_t asked, std::size_t part) noexcept { return (asked >> part & 1) != 0; }

bool has_mark(const aggregation::endpoint_plan& plan, std::uint64_t asked) noexcept {
  if (!plan.any_root) return false;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (is_asked(asked, i) && plan.parts[i].settings.merge == config::merge_mode::root) return true;
  }
  return false;
}

/// Whether the object has a member for each asked part, and no other one.
bool has_members(std::string_view object, const aggregation::endpoint_plan& plan,
                 std::uint64_t asked) {
  const auto members = http::wire::split_object(object, true);
  std::size_t expected = 0;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!is_asked(asked, i)) continue;
    ++expected;
    const auto& name = plan.parts[i].settings.member;
    if (std::none_of(members.begin(), members.end(),
                     [&](const auto& member) { return member.key == name; })) {
      return false;
    }
  }
  return members.size() == expected;
}

/// What is kept beside an answer of marked parts. The entity tag tells that it speaks of the body
/// that is there now, whoever wrote that.
std::string marked(std::string_view mark, const cached_answer& answer) {
  return std::string{mark}.append(" ").append(answer.etag);
}

}  // namespace

std::string parts_mark(const aggregation::endpoint_plan& plan, std::uint64_t asked) {
  if (!has_mark(plan, asked)) return {};
  std::string parts;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (!is_asked(asked, i)) continue;
    const auto& part = plan.parts[i].settings;
    for (const auto& text : {part.name, part.member, part.upstream, part.path}) {
      parts.append(text).append("\n");
    }
    parts += static_cast<char>('a' + static_cast<int>(part.merge));
    parts += static_cast<char>('a' + static_cast<int>(part.on_conflict));
  }
  const std::array body{byte_slice{shared_bytes{parts}}};
  const auto quoted = strong_etag(body);
  return quoted.substr(1, quoted.size() - 2);
}

std::vector<store::redis_command> look_up_commands(const std::string& key, bool marked) {
  std::vector<store::redis_command> result;
  result.reserve(3);
  result.push_back({"GET", key});
  result.push_back({"PTTL", key});
  if (marked) result.push_back({"GET", std::string{parts_prefix} + key});
  return result;
}

cached_answer_ptr read_answer(std::span<const store::redis::result> replies,
                              const aggregation::aggregate_call& call, steady_time now) {
  if (replies.size() < 2 || !is(replies[0], reply_kind::text) ||
      !is(replies[1], reply_kind::integer) || replies[1].reply.integer <= 0) {
    return nullptr;
  }
  const shared_bytes body{replies[0].reply.text};
  const auto checked = http::wire::check_json(body);
  if (!checked || !http::wire::is_object(checked.text)) return nullptr;
  const auto mark = parts_mark(*call.plan, call.values.asked());
  if (mark.empty() && !has_members(checked.text, *call.plan, call.values.asked())) return nullptr;
  const auto& rules = *call.plan->settings.cache;
  const auto full = jittered(rules.ttl, rules.jitter, key_jitter(call.cache_key));
  const auto left = std::min(full, milliseconds{replies[1].reply.integer});
  cached_answer answer;
  answer.body.emplace_back(body);
  answer.etag = strong_etag(answer.body);
  if (!mark.empty() && (replies.size() != 3 || !is(replies[2], reply_kind::text) ||
                        replies[2].reply.text != marked(mark, answer))) {
    return nullptr;
  }
  answer.tags = cache_tags(*call.plan, call.values);
  answer.aggregate_status = status_from_cache(*call.plan, call.values.asked());
  answer.stored_at = now - (full - left);
  answer.expires_at = now + left;
  return share(std::move(answer));
}

std::vector<store::redis_command> keep_commands(std::string_view key, const cached_answer& answer,
                                                steady_time now, std::string_view mark) {
  const auto left = std::chrono::ceil<milliseconds>(answer.expires_at - now);
  const auto life = std::to_string(std::max<std::int64_t>(1, left.count()));
  std::string body;
  body.reserve(answer.body_size);
  for (const auto& fragment : answer.body) body += fragment.view();
  std::vector<store::redis_command> result;
  result.reserve(2 + answer.tags.size());
  auto& set = result.emplace_back();
  set.reserve(5);
  set.emplace_back("SET");
  set.emplace_back(key);
  set.push_back(std::move(body));
  set.emplace_back("PX");
  set.push_back(life);
  if (!mark.empty()) {
    result.push_back(
        {"SET", std::string{parts_prefix}.append(key), marked(mark, answer), "PX", life});
  }
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
