// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk.hpp"
#include "providers/mock/request.hpp"
#include "providers/mock/stand_in_data.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

/// Documents that were asked for once, kept as rendered: at most three times 10,000 of them, 62 MB.
/// Any thread; a document never changes or moves once it is there.
class document_store {
 public:
  document_store();
  ~document_store();
  document_store(const document_store&) = delete;
  document_store& operator=(const document_store&) = delete;

  /// The document of customer `number`; `render()` makes it the first time.
  template <class Render>
  std::string_view get(service s, std::uint32_t number, Render&& render) {
    auto& place = slots_[static_cast<unsigned>(s) * (stand_in_data::customers + 1) + number];
    if (const auto* found = place.load(std::memory_order_acquire)) return *found;
    return publish(place, render());
  }

 private:
  using slot = std::atomic<const std::string*>;
  static std::string_view publish(slot& where, std::string document);
  std::vector<slot> slots_;
};

/// The customer, master-data and transaction services by path, and `/_control`; no sockets in here.
/// All members may be called from any thread.
class services final : public responder {
 public:
  /// `knobs_and_counts` must outlive it.
  services(std::uint64_t seed, desk& knobs_and_counts) : desk_(knobs_and_counts), data_(seed) {}

  scripted_reply answer(const request& asked) override;

 private:
  reply customer(std::string_view id);
  reply master_data(std::string_view id);
  reply transactions(std::string_view id, std::string_view from, std::string_view to);

  desk& desk_;
  stand_in_data data_;
  document_store documents_;
};

}  // namespace tributary::providers::mock
