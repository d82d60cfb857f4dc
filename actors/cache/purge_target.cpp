// SPDX-License-Identifier: MIT
#include "actors/cache/purge_target.hpp"

#include <algorithm>

namespace tributary::actors::cache {

std::string_view to_string(purge_scope scope) noexcept {
  switch (scope) {
    case purge_scope::key: return "key";
    case purge_scope::prefix: return "prefix";
    case purge_scope::tag: break;
  }
  return "tag";
}

bool matches(const purge_target& target, std::string_view key,
             std::span<const std::string> tags) noexcept {
  const std::string_view text = target.text;
  switch (target.scope) {
    case purge_scope::key:
      return key.starts_with(text) && (key.size() == text.size() || key[text.size()] == ':');
    case purge_scope::prefix:
      return key.starts_with(text);
    case purge_scope::tag:
      break;
  }
  return std::find(tags.begin(), tags.end(), text) != tags.end();
}

}  // namespace tributary::actors::cache
