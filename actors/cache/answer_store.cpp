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

bool is_key_or_variant(std::string_view candidate, std::string_view key) noexcept {
  if (!candidate.starts_with(key)) return false;
  return candidate.size() == key.size() || candidate[key.size()] == ':';
}

}  // namespace

/// One entry; the key's bytes follow it in the same block.
struct answer_store::node {
  node* chain = nullptr;  ///< next in the bucket
  node* newer = nullptr;
  node* older = nullptr;
  std::uint64_t hash = 0;
  std::size_t charge = 0;
  std::size_t key_size = 0;
  cached_answer_ptr answer;

  std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), key_size};
  }
};

answer_store::answer_store(store_limits limits, std::uint64_t seed)
    : limits_(limits), seed_(seed), buckets_(first_buckets) {}

answer_store::~answer_store() {
  while (oldest_ != nullptr) {
    auto* next = oldest_->newer;
    destroy(oldest_);
    oldest_ = next;
  }
}

cached_answer_ptr answer_store::get(std::string_view key, steady_time now) {
  auto* entry = find(key, hash_of(key));
  if (entry != nullptr && now >= entry->answer->expires_at) {
    ++counters_.expired;
    erase(entry);
    entry = nullptr;
  }
  if (entry == nullptr) {
    ++counters_.misses;
    return nullptr;
  }
  ++counters_.hits;
  if (entry != newest_) {
    unlink(entry);
    link_newest(entry);
  }
  return entry->answer;
}

store_result answer_store::put(std::string_view key, cached_answer_ptr answer, steady_time now) {
  const auto hash = hash_of(key);
  if (auto* present = find(key, hash)) erase(present);
  const auto charge = charge_of(key, *answer);
  const bool expired = now >= answer->expires_at;
  if (expired || answer->body_size > limits_.max_object || charge > limits_.max_bytes) {
    ++counters_.refused;
    return expired ? store_result::expired : store_result::too_large;
  }
  while (bytes_ + charge > limits_.max_bytes) {
    ++counters_.evicted;
    erase(oldest_);
  }
  insert(make_node(key, hash, std::move(answer)));
  ++counters_.stored;
  return store_result::stored;
}

std::size_t answer_store::remove(std::string_view key) {
  return remove_if([&](std::string_view each) { return is_key_or_variant(each, key); });
}

std::size_t answer_store::remove_prefix(std::string_view prefix) {
  return remove_if([&](std::string_view each) { return each.starts_with(prefix); });
}

template <class Predicate>
std::size_t answer_store::remove_if(Predicate matches) {
  const auto before = size_;
  for (auto* entry = oldest_; entry != nullptr;) {
    auto* next = entry->newer;
    if (matches(entry->key())) erase(entry);
    entry = next;
  }
  counters_.removed += before - size_;
  return before - size_;
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
  return sizeof(node) + sizeof(node*) + key.size() + answer.footprint;
}

std::uint64_t answer_store::hash_of(std::string_view key) const noexcept {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed_);
}

answer_store::node* answer_store::find(std::string_view key, std::uint64_t hash) const noexcept {
  auto* entry = buckets_[hash & (buckets_.size() - 1)];
  while (entry != nullptr && (entry->hash != hash || entry->key() != key)) entry = entry->chain;
  return entry;
}

void answer_store::link_newest(node* entry) noexcept {
  entry->newer = nullptr;
  entry->older = newest_;
  (newest_ == nullptr ? oldest_ : newest_->newer) = entry;
  newest_ = entry;
}

void answer_store::unlink(node* entry) noexcept {
  (entry->newer == nullptr ? newest_ : entry->newer->older) = entry->older;
  (entry->older == nullptr ? oldest_ : entry->older->newer) = entry->newer;
}

void answer_store::insert(node* entry) {
  if (size_ >= buckets_.size()) grow();
  auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
  entry->chain = bucket;
  bucket = entry;
  link_newest(entry);
  ++size_;
  bytes_ += entry->charge;
}

void answer_store::erase(node* entry) noexcept {
  auto** link = &buckets_[entry->hash & (buckets_.size() - 1)];
  while (*link != entry) link = &(*link)->chain;
  *link = entry->chain;
  unlink(entry);
  --size_;
  bytes_ -= entry->charge;
  destroy(entry);
}

void answer_store::grow() {
  buckets_.assign(buckets_.size() * 2, nullptr);
  for (auto* entry = oldest_; entry != nullptr; entry = entry->newer) {
    auto& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
    entry->chain = bucket;
    bucket = entry;
  }
}

}  // namespace tributary::actors::cache
