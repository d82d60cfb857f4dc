// SPDX-License-Identifier: MIT
#include "http/wire/structured_field.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <charconv>

namespace tributary::http::wire {

namespace {

void append_integer(std::string& out, std::int64_t value) {
  constexpr std::int64_t limit = 999'999'999'999'999;
  char digits[24];
  const auto clamped = std::clamp(value, -limit, limit);
  out.append(digits, std::to_chars(digits, digits + sizeof digits, clamped).ptr);
}

void append_token(std::string& out, std::string_view text) {
  if (is_structured_token(text)) {
    out += text;
  } else {
    append_structured_string(out, text);
  }
}

}  // namespace

bool is_structured_token(std::string_view text) noexcept {
  if (text.empty()) return false;
  const char first = to_lower(text.front());
  if (first != '*' && (first < 'a' || first > 'z')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_token_character(c) || c == ':' || c == '/'; });
}

void append_structured_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  out += '"';
}

std::string_view structured_boolean(bool value) noexcept { return value ? "?1" : "?0"; }

void structured_list::separate() {
  if (!out_.empty()) out_ += ", ";
}

structured_list& structured_list::token(std::string_view name) {
  separate();
  append_token(out_, name);
  return *this;
}

structured_list& structured_list::string(std::string_view text) {
  separate();
  append_structured_string(out_, text);
  return *this;
}

structured_list& structured_list::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

structured_list& structured_list::boolean(bool value) {
  separate();
  out_ += structured_boolean(value);
  return *this;
}

void structured_list::key(std::string_view name, bool has_value) {
  out_ += ';';
  out_ += name;
  if (has_value) out_ += '=';
}

structured_list& structured_list::parameter(std::string_view name, std::int64_t value) {
  key(name, true);
  append_integer(out_, value);
  return *this;
}

structured_list& structured_list::parameter_token(std::string_view name, std::string_view value) {
  key(name, true);
  append_token(out_, value);
  return *this;
}

structured_list& structured_list::parameter_string(std::string_view name, std::string_view value) {
  key(name, true);
  append_structured_string(out_, value);
  return *this;
}

structured_list& structured_list::flag(std::string_view name, bool value) {
  if (value) key(name, false);
  return *this;
}

}  // namespace tributary::http::wire
