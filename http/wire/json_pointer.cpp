// SPDX-License-Identifier: MIT
#include "http/wire/json_pointer.hpp"

#include "http/wire/json_scan.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace tributary::http::wire {

namespace {

std::optional<std::string> unescaped_token(std::string_view token) {
  std::string result;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      result += token[i];
      continue;
    }
    const auto next = token.substr(i + 1, 1);
    if (next != "0" && next != "1") return std::nullopt;
    result += next == "0" ? '~' : '/';
    ++i;
  }
  return result;
}

/// The number of an element: digits without a zero in front (RFC 6901, 4).
std::optional<std::size_t> index_of(std::string_view token) noexcept {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t result = 0;
  const auto* end = token.data() + token.size();
  const auto [stopped, error] = std::from_chars(token.data(), end, result);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return result;
}

std::optional<std::string_view> element(std::string_view array, std::string_view token) noexcept {
  auto index = index_of(token);
  if (!index) return std::nullopt;
  for (auto at = skip_json_space(array, 1); at < array.size() && array[at] != ']';) {
    const auto end = json_value_end(array, at);
    if ((*index)-- == 0) return array.substr(at, end - at);
    at = skip_json_space(array, end);
    if (at < array.size() && array[at] == ',') at = skip_json_space(array, at + 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> member(std::string_view object, std::string_view token) {
  std::optional<std::string_view> result;
  json_members members{object};
  while (const auto each = members.next()) {
    if (each->key == token) result = each->value;
  }
  return result;
}

}  // namespace

std::optional<std::vector<std::string>> parse_json_pointer(std::string_view pointer) {
  std::vector<std::string> result;
  if (pointer.empty()) return result;
  if (pointer.front() != '/') return std::nullopt;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto size = std::min(pointer.find('/'), pointer.size());
    auto token = unescaped_token(pointer.substr(0, size));
    if (!token) return std::nullopt;
    result.push_back(*std::move(token));
    pointer.remove_prefix(size);
  }
  return result;
}

void append_pointer_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const auto c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

std::optional<std::string_view> find_json(std::string_view document,
                                          const std::vector<std::string>& tokens) {
  std::optional<std::string_view> result{document};
  for (const auto& token : tokens) {
    if (is_object(*result)) {
      result = member(*result, token);
    } else if (is_array(*result)) {
      result = element(*result, token);
    } else {
      return std::nullopt;
    }
    if (!result) return std::nullopt;
  }
  return result;
}

}  // namespace tributary::http::wire
