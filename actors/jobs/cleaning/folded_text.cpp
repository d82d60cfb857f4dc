// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/folded_text.hpp"

#include "http/wire/json_string.hpp"
#include "http/wire/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace tributary::actors::jobs::cleaning {

namespace {

constexpr char no_width = '\0';
constexpr char anything_else = '\x01';

struct code_range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool lies_in(const code_range (&ranges)[N], char32_t code) noexcept {
  const auto* at =
      std::lower_bound(std::begin(ranges), std::end(ranges), code,
                       [](const code_range& range, char32_t value) { return range.last < value; });
  return at != std::end(ranges) && at->first <= code;
}

/// Format characters and selectors that a reader does not see.
constexpr code_range invisible[] = {
    {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},   {0x180b, 0x180e}, {0x200b, 0x200f},
    {0x202a, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xe0000, 0xe01ef},
};

constexpr code_range dashes[] = {
    {0x2010, 0x2015}, {0x2212, 0x2212}, {0xfe58, 0xfe58}, {0xfe63, 0xfe63}};

/// Punctuation, symbols and private use, in whole blocks; all else beyond ASCII counts as letters.
constexpr code_range no_letters[] = {
    {0x80, 0xa9},     {0xab, 0xb4},       {0xb6, 0xb9},        {0xbb, 0xbf},     {0xd7, 0xd7},
    {0xf7, 0xf7},     {0x1680, 0x1680},   {0x2000, 0x2bff},    {0x2e00, 0x2e7f}, {0x3000, 0x303f},
    {0xd800, 0xf8ff}, {0xfe10, 0xfe6f},   {0xff00, 0xff20},    {0xff3b, 0xff40}, {0xff5b, 0xff65},
    {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xf0000, 0x10ffff},
};

char fold_blank(char32_t code) noexcept {
  // Lines and paragraphs are not blanks between the groups of a number.
  const bool breaks =
      (code >= 0xa && code <= 0xd) || code == 0x85 || code == 0x2028 || code == 0x2029;
  return breaks ? anything_else : ' ';
}

char fold(char32_t code) noexcept {
  if (code > 0x20 && code < 0x7f) return static_cast<char>(code);
  if (is_white_space(code)) return fold_blank(code);
  if (code < 0x80) return anything_else;
  if (code >= 0xff01 && code <= 0xff5e) return static_cast<char>(code - 0xfee0);
  if (code == 0xfe62) return '+';
  if (code == 0xfe6b) return '@';
  if (lies_in(invisible, code)) return no_width;
  if (lies_in(dashes, code)) return '-';
  return lies_in(no_letters, code) ? anything_else : foreign_letter;
}

/// Whether the last byte is a character by itself and no white space, as it nearly always is.
bool ends_plainly(std::string_view source, spelling spelled) noexcept {
  constexpr std::size_t longest_escape = 6;
  if (source.empty() || source.back() <= ' ' || source.back() > '~') return source.empty();
  const auto tail = source.substr(source.size() - std::min(source.size(), longest_escape));
  return spelled == spelling::plain || tail.find('\\') == tail.npos;
}

}  // namespace

bool is_white_space(char32_t code) noexcept {
  constexpr code_range spaces[] = {
      {0x9, 0xd},       {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
      {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
  };
  return lies_in(spaces, code);
}

source_character next_character(std::string_view source, spelling spelled) noexcept {
  if (spelled == spelling::json) {
    const auto next = http::wire::first_character(source);
    return {next.code, next.size};
  }
  const auto size = http::wire::utf8_sequence(source);
  if (size == 0) return {0xfffd, 1};
  return {http::wire::utf8_character(source.substr(0, size)), size};
}

void folded_text::assign(std::string_view source, spelling spelled) {
  characters_.clear();
  begins_.clear();
  ends_.clear();
  for (std::size_t at = 0; at < source.size();) {
    const auto next = next_character(source.substr(at), spelled);
    const auto end = at + next.size;
    if (const auto folded = fold(next.code); folded != no_width) {
      characters_ += folded;
      begins_.push_back(static_cast<std::uint32_t>(at));
      ends_.push_back(static_cast<std::uint32_t>(end));
    }
    at = end;
  }
}

std::string_view trimmed(std::string_view source, spelling spelled) noexcept {
  while (!source.empty()) {
    const auto first = next_character(source, spelled);
    if (!is_white_space(first.code)) break;
    source.remove_prefix(first.size);
  }
  if (ends_plainly(source, spelled)) return source;
  std::size_t end = 0;
  for (std::size_t at = 0; at < source.size();) {
    const auto next = next_character(source.substr(at), spelled);
    at += next.size;
    if (!is_white_space(next.code)) end = at;
  }
  return source.substr(0, end);
}

}  // namespace tributary::actors::jobs::cleaning
