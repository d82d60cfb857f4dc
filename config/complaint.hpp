// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"

#include <string>
#include <string_view>

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
  const node& root_;
  error_list& errors_;
};

/// Whether `text` has the characters of an RFC 9110 token only; an empty one has.
bool is_token(std::string_view text);

/// `path` with more segments.
key_path operator/(key_path path, std::string segment);

}  // namespace tributary::config
