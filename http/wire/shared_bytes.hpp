// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace tributary::http::wire {

/// Immutable bytes shared by reference count: an upstream's body on its way from the socket through
/// merge and cache to any number of clients, without a copy. One allocation holds count and bytes.
/// Copies may live on different threads.
///
/// 64 zero bytes follow the content, so that vectorised parsers (simdjson wants 32) may read past
/// it.
class shared_bytes {
 public:
  static constexpr std::size_t padding = 64;

  shared_bytes() noexcept = default;
  explicit shared_bytes(std::string_view content) : block_(allocate(content.size())) {
    std::memcpy(data(block_), content.data(), content.size());
  }
  shared_bytes(const shared_bytes& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  shared_bytes(shared_bytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  shared_bytes& operator=(shared_bytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~shared_bytes() {
    if (block_ != nullptr && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      std::free(block_);
    }
  }

  /// Makes a block of `size` bytes that `fill(char*)` writes before anybody else sees it.
  template <class Fill>
  static shared_bytes make(std::size_t size, Fill&& fill) {
    shared_bytes result;
    result.block_ = allocate(size);
    fill(data(result.block_));
    return result;
  }

  const char* data() const noexcept { return block_ == nullptr ? "" : data(block_); }
  std::size_t size() const noexcept { return block_ == nullptr ? 0 : block_->size; }
  bool empty() const noexcept { return size() == 0; }
  std::string_view view() const noexcept { return {data(), size()}; }

  /// Bytes on the heap, for caches that are capped in bytes.
  std::size_t footprint() const noexcept {
    return block_ == nullptr ? 0 : sizeof(header) + block_->size + padding;
  }

 private:
  struct header {
    std::atomic<std::size_t> references;
    std::size_t size;
  };

  static char* data(header* block) noexcept { return reinterpret_cast<char*>(block + 1); }

  static header* allocate(std::size_t size) {
    auto* memory = std::malloc(sizeof(header) + size + padding);
    if (memory == nullptr) throw std::bad_alloc{};
    auto* block = new (memory) header{1, size};
    std::memset(data(block) + size, 0, padding);
    return block;
  }

  header* block_ = nullptr;
};

}  // namespace tributary::http::wire
