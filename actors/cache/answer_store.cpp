// SPDX-License-Identifier: MIT
#include "actors/cache/answer_store.hpp"

#include <cstring>
#include <new>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tributary::actors::cache {

namespace {

constexpr std::size_t first_buckets = 64;

}  // namespace

/// One entry; the key's bytes follow it in the same block.
struct answer_store::node : s3_fifo_entry {
  node* chain = nullptr;  ///< next in the bucket
  std::size_t key_size = 0;
  cached_answer_ptr answer;

  std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), key_size};
  }
};

answer_store::answer_store(store_limits limits, std::uint64_t seed)
    : limits_(limits), seed_(seed), buckets_(first_buckets), order_(limits.max_bytes) {}

answer_store::~answer_store() {
  order_.for_each([](s3_fifo_entry& entry) { destroy(static_cast<node*>(&entry)); });
}

cached_answer_ptr answer_store::get(std::string_view key, steady_time now) {
  auto* entry = find(key, hash_of(key));
  if (entry != nullptr && now >= entry->answer->expires_at) {
    ++counters_.expired;
    order_.expire(*entry);
    unlink(entry);
    destroy(entry);
    entry = nullptr;
  }
  if (entry == nullptr) {
    ++counters_.misses;
    return nullptr;
  }
  ++counters_.hits;
  s3_fifo::touch(*entry);
  return entry->answer;
}

store_result answer_store::put(std::string_view key, cached_answer_ptr answer, steady_time now) {
  const auto hash = hash_of(key);
  auto* present = find(key, hash);
  const bool replaces = present != nullptr;
  const bool proven = replaces && present->proven;
  const auto hits = replaces ? present->hits : std::uint8_t{0};
  if (replaces) erase(present);
  const auto charge = charge_of(key, *answer);
  const bool expired = now >= answer->expires_at;
  if (expired || answer->body_size > limits_.max_object || charge > limits_.max_bytes) {
    ++counters_.refused;
    return expired ? store_result::expired : store_result::too_large;
  }
  make_room(charge);
  auto* entry = make_node(key, hash, std::move(answer));
  link(entry);
  if (replaces) {
    order_.insert_in_place_of(*entry, proven, hits);
  } else {
    order_.insert(*entry);
  }
  ++counters_.stored;
  return store_result::stored;
}

void answer_store::make_room(std::size_t charge) {
  while (bytes() + charge > limits_.max_bytes) {
    ++counters_.evicted;
    auto* victim = static_cast<node*>(order_.evict());
    unlink(victim);
    destroy(victim);
  }
}

std::size_t answer_store::remove(std::string_view key) {
  return remove({purge_scope::key, std::string{key}});
}

std::size_t answer_store::remove_prefix(std::string_view prefix) {
  return remove({purge_scope::prefix, std::string{prefix}});
}

std::size_t answer_store::remove(const purge_target& target) {
  return remove_if([&](std::string_view key, const cached_answer& answer) {
    return matches(target, key, answer.tags);
  });
}

template <class Predicate>
std::size_t answer_store::remove_if(Predicate matches) {
  const auto before = size();
  order_.for_each([&](s3_fifo_entry& each) {
    auto* entry = static_cast<node*>(&each);
    if (matches(entry->key(), *entry->answer)) erase(entry);
  });
  counters_.removed += before - size();
  return before - size();
}

answer_store::node* answer_store::make_node(std::string_view key, std::uint64_t hash,
                                            cached_answer_ptr answer) {
  auto* memory = ::operator new(sizeof(node) + key.size());
  auto* entry = new (memory) node;
  if (!key.empty()) std::memcpy(static_cast<char*>(memory) + sizeof(node), key.data(), key.size());
  entry->hash = hash;
  entry->charge = charge_of(key, *answer);
  entry->key_size = key.size();
  entry->answer = std::move(answer);
  return entry;
}

void answer_store::destroy(node* entry) noexcept {
  entry->~node();
  ::operator delete(entry);
}

std::size_t answer_store::charge_of(std::string_view key, const cached_answer& answer) noexcept {
  return sizeof(node) + sizeof(node*) + s3_fifo::ghost_share + key.size() + answer.footprint;
}

std::uint64_t answer_store::hash_of(std::string_view key) const noexcept {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed_);
}

answer_store::node* answer_store::find(std::string_view key, std::uint64_t hash) const noexcept {
  auto* entry = buckets_[hash & (buckets_.size() - 1)];
  while (entry != nullptr && (entry->hash != hash || entry->key() != key)) entry = entry->chain;
  return entry;
}

void answer_store::link(node* entry) {
  if (size() >= buckets_.size()) grow();
  auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
  entry->chain = bucket;
  bucket = entry;
}

/// Out of its bucket; it may have left the order already.
void answer_store::unlink(node* entry) noexcept {
  auto** link = &buckets_[entry->hash & (buckets_.size() - 1)];
  while (*link != entry) link = &(*link)->chain;
  *link = entry->chain;
}

void answer_store::erase(node* entry) noexcept {
  order_.erase(*entry);
  unlink(entry);
  destroy(entry);
}

void answer_store::grow() {
  buckets_.assign(buckets_.size() * 2, nullptr);
  order_.for_each([&](s3_fifo_entry& each) {
    auto* entry = static_cast<node*>(&each);
    auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
    entry->chain = bucket;
    bucket = entry;
  });
}

}  // namespace tributary::actors::cache
