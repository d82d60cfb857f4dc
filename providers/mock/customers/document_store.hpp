// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/customers/customer_data.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock::customers {

/// Documents of one service that were asked for once, kept as rendered: at most 10,000 of them, and
/// 62 MB in the stores of all three services. Any thread; a document never changes or moves once it
/// is there.
class document_store {
 public:
  document_store() : slots_(customer_data::customers + 1) {}
  ~document_store();
  document_store(const document_store&) = delete;
  document_store& operator=(const document_store&) = delete;

  /// The document of customer `number`; `render()` makes it the first time.
  template <class Render>
  std::string_view get(std::uint32_t number, Render&& render) {
    auto& place = slots_[number];
    if (const auto* found = place.load(std::memory_order_acquire)) return *found;
    return publish(place, render());
  }

 private:
  using slot = std::atomic<const std::string*>;
  static std::string_view publish(slot& where, std::string document);
  std::vector<slot> slots_;
};

}  // namespace tributary::providers::mock::customers
