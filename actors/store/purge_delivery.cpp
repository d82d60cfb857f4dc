// SPDX-License-Identifier: MIT
#include "actors/store/purge_delivery.hpp"

#include "actors/cache/redis_tier.hpp"

#include <utility>

namespace tributary::actors::store {

using cache::purge_scope;
using redis::reply_kind;

namespace {

/// Keys that Redis looks at for one page; it answers with those that match.
constexpr const char* page_size = "500";

std::string tag_set(std::string_view tag) { return std::string{cache::tag_set_prefix}.append(tag); }

}  // namespace

std::string glob_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const auto each : text) {
    if (std::string_view{"*?[]\\"}.find(each) != std::string_view::npos) result += '\\';
    result += each;
  }
  return result;
}

purge_delivery::purge_delivery(cache::purge_target target, std::string channel, std::string notice,
                               std::span<const std::string> reserved)
    : target_(std::move(target)),
      channel_(std::move(channel)),
      notice_(std::move(notice)),
      reserved_(reserved) {
  begin();
}

void purge_delivery::begin() {
  // The key itself goes first: the search for its variants may take a while.
  if (target_.scope == purge_scope::key && !cache::is_reserved(target_.text, reserved_)) {
    commands_.push_back({"UNLINK", target_.text});
  }
  ask_page();
}

void purge_delivery::ask_page() {
  switch (target_.scope) {
    case purge_scope::key:
    case purge_scope::prefix: {
      auto pattern = glob_escaped(target_.text);
      pattern += target_.scope == purge_scope::key ? ":*" : "*";
      commands_.push_back({"SCAN", cursor_, "MATCH", std::move(pattern), "COUNT", page_size});
      break;
    }
    case purge_scope::tag:
      commands_.push_back({"SSCAN", tag_set(target_.text), cursor_, "COUNT", page_size});
      break;
  }
}

purge_delivery::state purge_delivery::take(std::span<const redis::result> replies) {
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].why != redis::failure::none) return state::failed;
    // Something else where the set should be has no members.
    const auto strange = finding_ && i + 1 == replies.size() && target_.scope == purge_scope::tag &&
                         redis::error_word(replies[i].reply) == "WRONGTYPE";
    if (replies[i].reply.kind == reply_kind::error && !strange) return state::failed;
  }
  commands_.clear();
  if (!finding_ || replies.empty()) return finding_ ? state::failed : state::done;
  if (take_page(replies.back().reply)) {
    ask_page();
    return state::going;
  }
  finding_ = false;
  if (target_.scope == purge_scope::tag) commands_.push_back({"UNLINK", tag_set(target_.text)});
  commands_.push_back({"PUBLISH", channel_, notice_});
  return state::going;
}

/// Unlinks what was found. False when that was the last page.
bool purge_delivery::take_page(const redis::reply& page) {
  if (page.kind != reply_kind::array || page.items.size() != 2) return false;
  redis_command unlink{"UNLINK"};
  for (const auto& key : page.items[1].items) {
    if (!cache::is_reserved(key.text, reserved_)) unlink.push_back(key.text);
  }
  if (unlink.size() > 1) commands_.push_back(std::move(unlink));
  cursor_ = page.items[0].text;
  return cursor_ != "0";
}

}  // namespace tributary::actors::store
