// SPDX-License-Identifier: MIT
#include "actors/cache/hot_answers.hpp"

#include "actors/cache/byte_store.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <utility>

namespace tributary::actors::cache {

namespace {

/// The shard hears of hits after so many, or after so long, at the next hit: often enough that what
/// is asked for all the time never looks cold there.
constexpr std::uint64_t most_untold = 256;
constexpr std::chrono::seconds longest_untold{1};

bool may_be_given(const hot_answer& entry, steady_time now) noexcept {
  return !entry.answer->forgotten.is_set() && now < entry.answer->expires_at;
}

}  // namespace

std::uint64_t hot_answer::count_hit(steady_time now) noexcept {
  ++untold;
  if (untold < most_untold && now - told_at < longest_untold) return 0;
  told_at = now;
  return std::exchange(untold, 0);
}

hot_answers::hot_answers(std::size_t max_bytes, std::uint64_t seed)
    : sets_(std::bit_floor(max_bytes / (place_share * ways))), seed_(seed) {
  static_assert(sizeof(place) + sizeof(hot_answer) + longest_key + 64 <= place_share,
                "an entry, with what its two blocks cost besides, has to fit");
}

std::span<hot_answers::place> hot_answers::set_of(std::uint64_t hash) noexcept {
  return {&places_[(hash & (sets_ - 1)) * ways], ways};
}

hot_answer_ptr hot_answers::find(std::string_view key, steady_time now) {
  if (places_.empty()) return nullptr;
  const auto hash = keyed_hash(key, seed_);
  for (auto& each : set_of(hash)) {
    if (each.hash != hash || each.entry == nullptr || each.entry->key != key) continue;
    if (!may_be_given(*each.entry, now)) {
      each = {};
      return nullptr;
    }
    if (each.asked < std::numeric_limits<std::uint8_t>::max()) ++each.asked;
    return each.entry;
  }
  return nullptr;
}

void hot_answers::keep(std::string_view key, const cached_answer_ptr& answer, answer_keeper keeper,
                       steady_time now) {
  if (sets_ == 0 || key.size() > longest_key) return;
  if (places_.empty()) places_.resize(sets_ * ways);
  const auto hash = keyed_hash(key, seed_);
  const auto set = set_of(hash);
  const auto found = std::ranges::find_if(set, [&](const place& each) {
    return each.hash == hash && each.entry != nullptr && each.entry->key == key;
  });
  if (found != set.end() && found->entry->answer == answer && found->entry->keeper == keeper) {
    return;
  }
  auto entry = std::make_shared<hot_answer>(hot_answer{std::string{key}, answer, keeper, 0, now});
  // Several were on their way here: the one that came last may be the older one.
  if (!may_be_given(*entry, now)) return;
  auto& to = found != set.end() ? *found : least_of(set);
  to = {hash, std::move(entry), 0};
}

/// A free place, else the one that was asked for least; what the others were asked for before then
/// counts half, so that a place cannot be held by what it once was.
hot_answers::place& hot_answers::least_of(std::span<place> set) noexcept {
  const auto free = std::ranges::find(set, nullptr, &place::entry);
  if (free != set.end()) return *free;
  auto& result = *std::ranges::min_element(set, {}, &place::asked);
  for (auto& each : set) each.asked /= 2;
  return result;
}

void hot_answers::forget(std::span<const std::uint64_t> hashes) noexcept {
  if (places_.empty()) return;
  for (const auto hash : hashes) {
    for (auto& each : set_of(hash)) {
      if (each.hash == hash && each.entry != nullptr && each.entry->answer->forgotten.is_set()) {
        each = {};
      }
    }
  }
}

std::size_t hot_answers::size() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(places_, [](const place& each) { return each.entry != nullptr; }));
}

std::size_t hot_answers::bytes() const noexcept {
  std::size_t result = places_.capacity() * sizeof(place);
  for (const auto& each : places_) {
    if (each.entry != nullptr) result += sizeof(hot_answer) + each.entry->key.capacity();
  }
  return result;
}

}  // namespace tributary::actors::cache
