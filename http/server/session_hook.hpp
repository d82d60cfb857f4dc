// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace tributary::http::server {

/// What a handler wants to be called for on its session's thread. A function without arguments or
/// result, stored in place: setting one on each request costs no allocation. Move-only; captures up
/// to `capacity` bytes.
class session_hook {
 public:
  static constexpr std::size_t capacity = 48;

  session_hook() noexcept = default;

  // NOLINTNEXTLINE(google-explicit-constructor): a lambda is to be taken as one.
  template <class Function,
            class = std::enable_if_t<!std::is_same_v<std::decay_t<Function>, session_hook>>>
  session_hook(Function&& f) {
    using stored = std::decay_t<Function>;
    static_assert(sizeof(stored) <= capacity, "capture less, or a pointer to it");
    static_assert(alignof(stored) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<stored>);
    new (storage_) stored(std::forward<Function>(f));
    act_ = [](action what, void* self, void* target) {
      auto* function = static_cast<stored*>(self);
      if (what == action::call) return (*function)();
      if (what == action::move) new (target) stored(std::move(*function));
      function->~stored();
    };
  }

  session_hook(session_hook&& other) noexcept { take(other); }
  session_hook& operator=(session_hook&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  ~session_hook() { reset(); }

  explicit operator bool() const noexcept { return act_ != nullptr; }
  void operator()() { act_(action::call, storage_, nullptr); }

  /// Destroys what is stored.
  void reset() noexcept {
    if (auto act = std::exchange(act_, nullptr)) act(action::destroy, storage_, nullptr);
  }

 private:
  enum class action { call, move, destroy };

  void take(session_hook& other) noexcept {
    act_ = std::exchange(other.act_, nullptr);
    if (act_ != nullptr) act_(action::move, other.storage_, storage_);
  }

  alignas(std::max_align_t) std::byte storage_[capacity];
  void (*act_)(action, void*, void*) = nullptr;
};

}  // namespace tributary::http::server
