// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::config {

/// A place in the file, both counted from 1; columns count bytes. 0: no place in the file.
struct position {
  std::size_t line = 0;
  std::size_t column = 0;
};

/// The way to a key: names, and `[0]` for the items of a list.
using key_path = std::vector<std::string>;

/// `upstreams.customer.breaker.min_calls`, `values[0]`.
std::string to_string(const key_path& path);

/// The segment of the item at `index` of a list: `[0]`.
std::string index_segment(std::size_t index);

/// `text` as messages cite it: between backticks, long ones cut between two characters.
std::string cited(std::string_view text);

/// Bytes of the character of UTF-8 that begins at `at`, which is within `text`; 0 where none does.
std::size_t character_length(std::string_view text, std::size_t at) noexcept;

/// One thing that is wrong with a configuration.
struct config_error {
  std::string path;  ///< empty: the file as a whole
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;
  std::string suggestion;  ///< what may have been meant; empty: no idea
};

/// Everything wrong with one file, in the order found. Bounded: what comes after `limit` errors is
/// dropped, since nobody reads on and the file may be hostile.
class error_list {
 public:
  static constexpr std::size_t limit = 1000;

  void add(const key_path& path, position where, std::string message, std::string suggestion = {});

  bool empty() const { return errors_.empty(); }

  /// True when `path` or something above or below it has an error: what follows from it is noise.
  bool concerns(const key_path& path) const;

  /// In the order of the file.
  std::vector<config_error> take();

 private:
  std::vector<config_error> errors_;
};

/// The candidate closest to `text` by edit distance; empty when none is close enough to be meant.
std::string closest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace tributary::config
