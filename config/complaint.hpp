// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary::config {

/// What is wrong, told by path; finds the place in the document.
class complaint {
 public:
  complaint(const node& root, error_list& errors) : root_{root}, errors_{errors} {}

  /// Says `message` of `path`, unless something is wrong there already.
  void add(const key_path& path, std::string message, std::string suggestion = {});

  /// As `add`, pointing at the name of the member rather than its value.
  void add_name(const key_path& path, std::string message, std::string suggestion = {});

  /// The node at `path`, or null when the file does not have it.
  const node* find(const key_path& path) const;

 private:
  const node* member_of(const node& object, std::string_view name) const;

  const node& root_;
  error_list& errors_;
  /// Members by name, of the objects that have many.
  mutable std::unordered_map<const node*, std::unordered_map<std::string_view, const node*>>
      indexes_;
};

/// Whether `text` has the characters of an RFC 9110 token only; an empty one has.
bool is_token(std::string_view text);

/// `path` with more segments.
key_path operator/(key_path path, std::string segment);

}  // namespace tributary::config
