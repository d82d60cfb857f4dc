// SPDX-License-Identifier: MIT
#include "actors/cache/part_store.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>

namespace tributary::actors::cache {

part_answer_ptr share(part_answer answer) {
  answer.expires_at = answer.freshness.keep_until;
  answer.body_size = answer.body.size();
  const auto& known = answer.freshness;
  answer.footprint = sizeof(part_answer) + answer.header_block.capacity() +
                     answer.selected.capacity() + answer.body.footprint() + known.etag.capacity() +
                     known.last_modified.capacity();
  for (const auto& name : known.vary) answer.footprint += sizeof(name) + name.capacity();
  return std::make_shared<const part_answer>(std::move(answer));
}

part_answer_ptr note_uncacheable(steady_time until) {
  part_answer note;
  note.expires_at = until;
  note.footprint = sizeof(part_answer);
  return std::make_shared<const part_answer>(std::move(note));
}

std::string select_headers(const std::vector<std::string>& vary, const call_headers& headers) {
  std::string result;
  for (const auto& name : vary) {
    auto mark = '=';
    for (const auto& [sent, value] : headers) {
      if (!http::wire::same_without_case(sent, name)) continue;
      result += mark;
      result += value;
      mark = ',';
    }
    result += '\n';  // no value has one
  }
  return result;
}

bool answers(const part_answer& stored, const call_headers& headers) {
  return stored.freshness.vary.empty() ||
         stored.selected == select_headers(stored.freshness.vary, headers);
}

std::chrono::seconds age_at(const part_answer& stored, steady_time now) noexcept {
  const auto kept = std::max(steady_time::duration::zero(), now - stored.received);
  return std::chrono::floor<std::chrono::seconds>(stored.freshness.age + kept);
}

std::size_t part_store::remove(const purge_target& target) {
  return remove_if(
      [&](std::string_view key, const part_answer&) { return concerned(target, key); });
}

bool concerned(const purge_target& target, std::string_view key) noexcept {
  const std::string_view text = target.text;
  if (target.scope == purge_scope::tag || !key.starts_with(text)) return false;
  return target.scope == purge_scope::prefix || key.size() == text.size() ||
         key[text.size()] == '\n';
}

}  // namespace tributary::actors::cache
