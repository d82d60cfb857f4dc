// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/shared_bytes.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace tributary::http::wire {

/// A stretch of shared bytes, which it keeps alive: one fragment of an answer that is sent with a
/// gathered write. Copying costs one reference count, or nothing for a literal.
class byte_slice {
 public:
  byte_slice() noexcept = default;

  /// All of `owner`.
  explicit byte_slice(shared_bytes owner) noexcept : owner_(std::move(owner)) {
    text_ = owner_.view();
  }

  /// `text` must lie within `owner`.
  byte_slice(shared_bytes owner, std::string_view text) noexcept
      : owner_(std::move(owner)), text_(text) {}

  /// For text with static storage duration, such as a string literal. Nothing is owned.
  static byte_slice literal(std::string_view text) noexcept {
    byte_slice result;
    result.text_ = text;
    return result;
  }

  const char* data() const noexcept { return text_.data(); }
  std::size_t size() const noexcept { return text_.size(); }
  bool empty() const noexcept { return text_.empty(); }
  std::string_view view() const noexcept { return text_; }

  /// What keeps the text alive; empty for a literal.
  const shared_bytes& owner() const noexcept { return owner_; }

 private:
  shared_bytes owner_;
  std::string_view text_;
};

}  // namespace tributary::http::wire
