// SPDX-License-Identifier: MIT
#include "config/error.hpp"

#include "http/wire/utf8.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tributary::config {

namespace {

constexpr std::size_t longest_compared = 64;
constexpr std::size_t most_compared = 256;
constexpr std::size_t longest_quoted = 80;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, replacements and swaps of neighbours; case and `-` for `_` are free.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    const auto plain = [](char c) { return c == '-' ? '_' : lower(c); };
    return plain(x) == plain(y);
  };
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool begins_with_path(std::string_view path, std::string_view start) {
  return path.substr(0, start.size()) == start &&
         (path.size() == start.size() || path[start.size()] == '.' || path[start.size()] == '[');
}

/// Whoever reads messages reads UTF-8: bytes that are none become U+FFFD.
std::string readable(std::string text) {
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = character_length(text, at);
    if (length == 0) {
      result.append(text, done, at - done).append("\xef\xbf\xbd");
      done = at + 1;
    }
    at += std::max<std::size_t>(length, 1);
  }
  if (done == 0) return text;
  return result.append(text, done);
}

}  // namespace

std::string to_string(const key_path& path) {
  std::string result;
  for (const auto& segment : path) {
    if (!result.empty() && segment.substr(0, 1) != "[") result += '.';
    result += segment;
  }
  return result;
}

std::string index_segment(std::size_t index) {
  std::string result{"["};
  result += std::to_string(index);
  return result += ']';
}

std::size_t character_length(std::string_view text, std::size_t at) noexcept {
  return http::wire::utf8_sequence(text.substr(at));
}

std::string cited(std::string_view text) {
  if (text.size() > longest_quoted) {
    auto end = longest_quoted;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string result{"`"};
  result += text;
  return result += '`';
}

void error_list::add(const key_path& path, position where, std::string message,
                     std::string suggestion) {
  if (errors_.size() >= limit) return;
  const bool last = errors_.size() == limit - 1;
  errors_.push_back(
      {readable(to_string(path)), where.line, where.column,
       last ? std::string{"too many errors; the rest is not told"} : readable(std::move(message)),
       last ? std::string{} : readable(std::move(suggestion))});
}

bool error_list::concerns(const key_path& path) const {
  auto text = to_string(path);
  return std::any_of(errors_.begin(), errors_.end(), [&](const config_error& error) {
    return begins_with_path(error.path, text) || begins_with_path(text, error.path);
  });
}

std::vector<config_error> error_list::take() {
  std::stable_sort(errors_.begin(), errors_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::exchange(errors_, {});
}

std::string closest(std::string_view text, const std::vector<std::string>& candidates) {
  if (text.size() > longest_compared) return {};
  std::string best;
  auto best_distance = std::max<std::size_t>(1, text.size() / 3) + 1;
  for (std::size_t i = 0; i < std::min(candidates.size(), most_compared); ++i) {
    const auto& candidate = candidates[i];
    const auto longer = std::max(candidate.size(), text.size());
    const auto shorter = std::min(candidate.size(), text.size());
    if (candidate.size() > longest_compared || longer - shorter >= best_distance) continue;
    const auto d = distance(text, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace tributary::config
