// SPDX-License-Identifier: MIT
#include "actors/cache/s3_fifo.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::cache {

namespace {

constexpr std::size_t first_slots = 64;

}  // namespace

// -- ghost_hashes -------------------------------------------------------------------------------

void ghost_hashes::add(std::uint64_t hash, std::size_t limit) {
  while (slots_.size() < limit) grow();
  if (slots_.empty()) return;
  place({mark_of(hash), ++number_});
}

bool ghost_hashes::take(std::uint64_t hash, std::size_t limit) noexcept {
  if (slots_.empty()) return false;
  const auto mark = mark_of(hash);
  auto* bucket = bucket_of(mark);
  for (auto* each = bucket; each != bucket + ways; ++each) {
    if (each->mark != mark) continue;
    const bool lapsed = number_ - each->number >= limit;
    *each = {};
    return !lapsed;
  }
  return false;
}

std::uint32_t ghost_hashes::mark_of(std::uint64_t hash) noexcept {
  // The low bits pick the bucket of the owner's table; these need not repeat them.
  const auto mark = static_cast<std::uint32_t>(hash >> 32);
  return mark == 0 ? 1 : mark;
}

ghost_hashes::slot* ghost_hashes::bucket_of(std::uint32_t mark) noexcept {
  return &slots_[(mark & (slots_.size() / ways - 1)) * ways];
}

/// In place of the same mark, an empty slot or, of the four, the one that is oldest.
void ghost_hashes::place(slot what) noexcept {
  auto* bucket = bucket_of(what.mark);
  auto* best = bucket;
  for (auto* each = bucket; each != bucket + ways; ++each) {
    if (each->mark == what.mark) {
      best = each;
      break;
    }
    const auto age = [&](const slot& of) {
      return of.mark == 0 ? ~std::uint32_t{0} : number_ - of.number;
    };
    if (age(*each) > age(*best)) best = each;
  }
  *best = what;
}

void ghost_hashes::grow() {
  const auto old = std::exchange(slots_, {});
  slots_.resize(std::max(first_slots, old.size() * 2));
  for (const auto& each : old) {
    if (each.mark != 0) place(each);
  }
}

// -- s3_fifo ------------------------------------------------------------------------------------

void s3_fifo::insert(s3_fifo_entry& entry) {
  insert_in_place_of(entry, ghost_.take(entry.hash, size_ + 1), 0);
}

void s3_fifo::insert_in_place_of(s3_fifo_entry& entry, bool proven, std::uint8_t hits) noexcept {
  entry.proven = proven;
  entry.hits = hits;
  push(proven ? main_ : small_, entry);
  ++size_;
}

void s3_fifo::erase(s3_fifo_entry& entry) noexcept {
  unlink(entry.proven ? main_ : small_, entry);
  --size_;
}

void s3_fifo::expire(s3_fifo_entry& entry) {
  if (entry.proven || entry.hits >= proving_hits) ghost_.add(entry.hash, size_);
  erase(entry);
}

s3_fifo_entry* s3_fifo::evict() {
  s3_fifo_entry* victim = nullptr;
  if (small_.bytes > small_limit_ || main_.oldest == nullptr) victim = evict_small();
  return victim != nullptr ? victim : evict_main();
}

/// Nothing when all there were have moved on until the queue was short enough.
s3_fifo_entry* s3_fifo::evict_small() {
  while (small_.oldest != nullptr && (small_.bytes > small_limit_ || main_.oldest == nullptr)) {
    auto& entry = *small_.oldest;
    unlink(small_, entry);
    if (entry.hits < proving_hits) {
      ghost_.add(entry.hash, size_);
      --size_;
      return &entry;
    }
    entry.proven = true;
    entry.hits = 0;
    push(main_, entry);
  }
  return nullptr;
}

s3_fifo_entry* s3_fifo::evict_main() noexcept {
  if (main_.oldest == nullptr) return nullptr;
  for (int spared = 0; main_.oldest->hits > 0 && spared < most_spared; ++spared) {
    auto& entry = *main_.oldest;
    unlink(main_, entry);
    --entry.hits;
    push(main_, entry);
  }
  auto& victim = *main_.oldest;
  unlink(main_, victim);
  --size_;
  return &victim;
}

void s3_fifo::push(queue& to, s3_fifo_entry& entry) noexcept {
  entry.newer = nullptr;
  entry.older = to.newest;
  (to.newest == nullptr ? to.oldest : to.newest->newer) = &entry;
  to.newest = &entry;
  to.bytes += entry.charge;
}

void s3_fifo::unlink(queue& from, s3_fifo_entry& entry) noexcept {
  (entry.newer == nullptr ? from.newest : entry.newer->older) = entry.older;
  (entry.older == nullptr ? from.oldest : entry.older->newer) = entry.newer;
  from.bytes -= entry.charge;
}

}  // namespace tributary::actors::cache
