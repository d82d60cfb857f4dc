// SPDX-License-Identifier: MIT
#pragma once

#include "config/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON with `//` and `/* */` comments as a tree in which every name and value knows its place.
namespace tributary::config {

enum class node_kind { null, boolean, number, string, array, object };

/// One value of the file.
struct node {
  node_kind kind = node_kind::null;
  position where;
  std::string text;  ///< a string's text, a number as it is spelled, `true`, `false`
  std::string name;  ///< its name, when it is a member of an object
  position name_where;
  std::vector<node> children;        ///< items or members, in the order of the file
  bool substituted = false;          ///< a part of the text came from `${…}`
  bool whole_substitution = false;   ///< the text is one `${…}`, which may stand for any scalar
  std::vector<std::string> origins;  ///< the variables and files that text came from
  bool secret = false;               ///< what came from them may be a secret: it is not to be shown
};

/// Bounds of a configuration file; more is an error.
struct document_limits {
  static constexpr std::size_t bytes = 32 * 1024 * 1024;
  static constexpr std::size_t depth = 24;
  static constexpr std::size_t values = 500'000;
  static constexpr std::size_t name_length = 256;
};

/// Reads `text`; on a syntax error or an exceeded limit adds to `errors` and returns nothing.
/// Duplicate names are added to `errors`, with the tree kept. Does not throw but for memory.
std::optional<node> parse_document(std::string_view text, error_list& errors);

/// The member called `name`, or null.
const node* find_member(const node& object, std::string_view name);

/// The node at `path`, or the last one on the way that exists.
const node& find_nearest(const node& root, const key_path& path);

/// The value as JSON text without white space, numbers as they were spelled.
std::string to_json(const node& value);

}  // namespace tributary::config
