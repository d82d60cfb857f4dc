// SPDX-License-Identifier: MIT
#include "config/complaint.hpp"

#include "config/environment.hpp"

#include <algorithm>

namespace tributary::config {

void complaint::add(const key_path& path, std::string message, std::string suggestion) {
  if (errors_.concerns(path)) return;
  const auto& at = find_nearest(root_, path);
  attribute(at, message, suggestion);
  errors_.add(path, at.where, std::move(message), std::move(suggestion));
}

void complaint::add_name(const key_path& path, std::string message, std::string suggestion) {
  if (!errors_.concerns(path)) {
    errors_.add(path, find_nearest(root_, path).name_where, std::move(message),
                std::move(suggestion));
  }
}

/// Of an object with many members by an index that is made once.
const node* complaint::member_of(const node& object, std::string_view name) const {
  constexpr std::size_t many = 64;
  if (object.children.size() < many) return find_member(object, name);
  auto& index = indexes_[&object];
  if (index.empty()) {
    for (const auto& child : object.children) index.try_emplace(child.name, &child);
  }
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

const node* complaint::find(const key_path& path) const {
  auto* parent = &root_;
  for (const auto& segment : path) {
    parent = parent->kind == node_kind::object ? member_of(*parent, segment) : nullptr;
    if (parent == nullptr) return nullptr;
  }
  return parent;
}

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

key_path operator/(key_path path, std::string segment) {
  path.push_back(std::move(segment));
  return path;
}

}  // namespace tributary::config
