// SPDX-License-Identifier: MIT
#include "providers/mock/customers/document_store.hpp"

#include <memory>
#include <utility>

namespace tributary::providers::mock::customers {

document_store::~document_store() {
  for (auto& place : slots_) delete place.load(std::memory_order_relaxed);
}

std::string_view document_store::publish(slot& where, std::string document) {
  auto mine = std::make_unique<const std::string>(std::move(document));
  const std::string* present = nullptr;
  // Two threads may render the same document at once; the first to get here stays.
  if (where.compare_exchange_strong(present, mine.get(), std::memory_order_acq_rel)) {
    return *mine.release();
  }
  return *present;
}

}  // namespace tributary::providers::mock::customers
