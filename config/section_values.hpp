// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <memory>
#include <typeindex>
#include <utility>
#include <vector>

namespace tributary::config {

/// The settings of the systems, at most one value of each type. A value never changes once it is
/// here: whoever wants another one puts it in its place, and those who have the old one keep it.
/// Copies share the values. Looked into at start-up only; not for a request's way.
class section_values {
 public:
  /// The value of type S; null where the configuration has no such section. Lives as long as a copy
  /// of this object that has it.
  template <class S>
  const S* find() const noexcept {
    return share<S>().get();
  }

  /// As `find`, for those who outlive all copies.
  template <class S>
  std::shared_ptr<const S> share() const noexcept {
    const auto found = place_of<S>(entries_);
    if (found == entries_.end()) return nullptr;
    return std::static_pointer_cast<const S>(found->second);
  }

  /// Adds `value`, or puts it in the place of the one of its type.
  template <class S>
  void put(S value) {
    auto kept = std::make_shared<const S>(std::move(value));
    const auto found = place_of<S>(entries_);
    if (found == entries_.end()) {
      entries_.emplace_back(typeid(S), std::move(kept));
    } else {
      found->second = std::move(kept);
    }
  }

  /// Takes the value of type S out, if there is one.
  template <class S>
  void drop() noexcept {
    std::erase_if(entries_, [](const entry& each) { return each.first == typeid(S); });
  }

 private:
  using entry = std::pair<std::type_index, std::shared_ptr<const void>>;

  template <class S, class Entries>
  static auto place_of(Entries& entries) noexcept {
    return std::find_if(entries.begin(), entries.end(),
                        [](const entry& each) { return each.first == typeid(S); });
  }

  std::vector<entry> entries_;
};

}  // namespace tributary::config
