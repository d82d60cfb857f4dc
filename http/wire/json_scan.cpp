// SPDX-License-Identifier: MIT
#include "http/wire/json_scan.hpp"

#include "http/wire/json_string.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace tributary::http::wire {

namespace {

constexpr std::string_view space = " \t\r\n";

/// Behind the string whose opening quote is at `at`.
std::size_t string_end(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Behind the array or object whose bracket is at `at`.
std::size_t container_end(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  while (at < text.size()) {
    switch (text[at]) {
      case '"':
        at = string_end(text, at);
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
  return at;
}

/// Takes the member at `at`, which is moved behind the comma or closing bracket that follows.
json_member take_member(std::string_view text, std::size_t& at) {
  json_member member;
  auto begin = at;
  auto name_end = string_end(text, at);
  member.name = text.substr(begin, name_end - begin);
  member.key = unescape_json(member.name);
  auto value_begin = skip_json_space(text, skip_json_space(text, name_end) + 1);
  auto end = json_value_end(text, value_begin);
  member.value = text.substr(std::min(value_begin, text.size()), end - value_begin);
  member.whole = text.substr(begin, end - begin);
  at = skip_json_space(text, end) + 1;
  return member;
}

}  // namespace

std::size_t skip_json_space(std::string_view text, std::size_t at) noexcept {
  return std::min(text.find_first_not_of(space, at), text.size());
}

std::size_t json_value_end(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return string_end(text, at);
  if (text[at] == '{' || text[at] == '[') return container_end(text, at);
  return std::min(text.find_first_of(" \t\r\n,]}", at), text.size());
}

json_members::json_members(std::string_view object) noexcept
    : object_(object), at_(skip_json_space(object, 1)) {}

std::optional<json_member> json_members::next() {
  at_ = skip_json_space(object_, at_);
  if (at_ >= object_.size() || object_[at_] != '"') return std::nullopt;
  return take_member(object_, at_);
}

std::vector<json_member> split_object(std::string_view object, bool last_wins, bool* repeated) {
  std::vector<json_member> members;
  std::unordered_map<std::string, std::size_t> seen;
  json_members all{object};
  while (auto member = all.next()) {
    auto [place, is_new] = seen.try_emplace(member->key, members.size());
    if (is_new) {
      members.push_back(*std::move(member));
      continue;
    }
    if (repeated != nullptr) *repeated = true;
    if (last_wins) members[place->second] = *std::move(member);
  }
  return members;
}

std::variant<std::vector<std::string_view>, json_verdict> split_array(const shared_bytes& body) {
  const auto verdict = check_json(body);
  if (!verdict) return verdict;
  const auto array = verdict.text;
  if (!is_array(array)) return json_verdict{{}, "not an array", 0};
  std::vector<std::string_view> result;
  for (auto at = skip_json_space(array, 1); array[at] != ']';) {
    const auto end = json_value_end(array, at);
    result.push_back(array.substr(at, end - at));
    at = skip_json_space(array, end);
    if (array[at] == ',') at = skip_json_space(array, at + 1);
  }
  return result;
}

std::string_view array_content(std::string_view array) noexcept {
  auto content = array.substr(1, array.size() - 2);
  auto first = content.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return content.substr(first, content.find_last_not_of(space) - first + 1);
}

void append_deep_merge(std::string_view first, std::string_view second, std::string& out) {
  if (!is_object(first) || !is_object(second)) {
    out += second;
    return;
  }
  auto members = split_object(first, true);
  auto patches = split_object(second, true);
  std::unordered_map<std::string_view, const json_member*> by_key;
  for (const auto& patch : patches) by_key.emplace(patch.key, &patch);
  out += '{';
  auto separator = "";
  for (const auto& member : members) {
    out += std::exchange(separator, ",");
    auto patch = by_key.find(member.key);
    if (patch == by_key.end()) {
      out += member.whole;
      continue;
    }
    out += member.name;
    out += ':';
    append_deep_merge(member.value, patch->second->value, out);
    by_key.erase(patch);
  }
  for (const auto& patch : patches) {
    if (!by_key.contains(patch.key)) continue;
    out += std::exchange(separator, ",");
    out += patch.whole;
  }
  out += '}';
}

}  // namespace tributary::http::wire
