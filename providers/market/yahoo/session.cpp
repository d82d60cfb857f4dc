// SPDX-License-Identifier: MIT
#include "http/wire/characters.hpp"
#include "providers/market/answer.hpp"
#include "providers/market/yahoo/errors.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <algorithm>

namespace tributary::providers::market::yahoo {

namespace {

constexpr std::size_t longest_crumb = 64;
constexpr std::size_t longest_cookie = 4096;

/// Of `Name: value`, the value where the name is Set-Cookie.
std::string_view set_cookie_of(std::string_view line) noexcept {
  const auto colon = line.find(':');
  if (colon == line.npos || !http::wire::same_without_case(line.substr(0, colon), "Set-Cookie")) {
    return {};
  }
  line.remove_prefix(colon + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line;
}

bool is_visible(char c) noexcept { return c > ' ' && c <= '~'; }

/// `name=value` without attributes; empty for a value that is empty (a cookie taken back).
std::string_view pair_of(std::string_view cookie, std::string_view name) noexcept {
  if (!cookie.starts_with(name) || !cookie.substr(name.size()).starts_with('=')) return {};
  cookie = cookie.substr(0, cookie.find(';'));
  while (cookie.ends_with(' ')) cookie.remove_suffix(1);
  const bool fit = cookie.size() > name.size() + 1 && cookie.size() <= longest_cookie &&
                   std::ranges::all_of(cookie, is_visible);
  return fit ? cookie : std::string_view{};
}

bool is_crumb(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_crumb && std::ranges::all_of(text, is_visible) &&
         text.find('<') == text.npos && text[0] != '{';
}

}  // namespace

std::optional<std::string> read_cookie(std::string_view header_block) {
  std::string_view first_choice;
  std::string_view second_choice;
  while (!header_block.empty()) {
    const auto end = std::min(header_block.find('\n'), header_block.size() - 1);
    auto line = header_block.substr(0, end + 1);
    header_block.remove_prefix(end + 1);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    const auto cookie = set_cookie_of(line);
    if (const auto pair = pair_of(cookie, "A3"); !pair.empty()) first_choice = pair;
    if (const auto pair = pair_of(cookie, "A1"); !pair.empty()) second_choice = pair;
  }
  if (!first_choice.empty()) return std::string{first_choice};
  if (!second_choice.empty()) return std::string{second_choice};
  return {};
}

crumb_result read_crumb(const wire_answer& answer) {
  // Throttling is told in the text, with 200 too.
  if (answer.status == 200 && is_crumb(answer.body)) return {std::string{answer.body}, {}};
  if (answer.status == 200 && answer.body.empty()) {
    return {{}, failed(error_kind::auth, "no crumb: the cookie is missing or not accepted")};
  }
  auto opened = open_answer(answer, {});
  if (auto* why = std::get_if<failure>(&opened)) return {{}, std::move(*why)};
  return {{}, failed(error_kind::malformed, "the answer is no crumb")};
}

}  // namespace tributary::providers::market::yahoo
