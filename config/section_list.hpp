// SPDX-License-Identifier: MIT
#pragma once

#include "config/section.hpp"

#include <string>
#include <vector>

namespace tributary::config {

/// The sections of all systems that a program knows, one for each, in the order in which they are
/// checked; and with them all that a configuration can say. Never changes, so threads may share it.
class section_list {
 public:
  /// @param sections with no two keys of one name
  explicit section_list(std::vector<section_ptr> sections);

  auto begin() const noexcept { return sections_.begin(); }
  auto end() const noexcept { return sections_.end(); }

  /// Every key of the configuration: those of the program itself, and those of the sections, each
  /// at the place that it asks for.
  const codec<settings>& keys() const noexcept { return keys_; }

  /// The paths of the public listener that cannot be an endpoint's: the program's own, and those of
  /// the sections in `all`.
  std::vector<std::string> taken_paths(const settings& all) const;

  /// How the keys in Redis begin that are none of an answer: the program's own, and those of all
  /// sections.
  std::vector<std::string> key_prefixes() const;

 private:
  std::vector<section_ptr> sections_;
  codec<settings> keys_;
};

}  // namespace tributary::config
