// SPDX-License-Identifier: MIT
#include "actors/cache/purge_target.hpp"

#include "actors/aggregation/percent.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::cache {

std::string_view to_string(purge_scope scope) noexcept {
  switch (scope) {
    case purge_scope::key:
      return "key";
    case purge_scope::prefix:
      return "prefix";
    case purge_scope::tag:
      break;
  }
  return "tag";
}

std::vector<std::string> purge_texts(std::string_view raw) {
  std::string as_in_keys;
  std::string decoded;
  for (std::size_t at = 0; at < raw.size();) {
    const auto length = raw[at] == '%' ? std::min<std::size_t>(3, raw.size() - at) : 1;
    const auto piece = raw.substr(at, length);
    at += length;
    if (length == 1 || !http::wire::percent_decode(piece, decoded)) {
      as_in_keys += piece;
    } else {
      aggregation::append_encoded(decoded, aggregation::encoding::key, as_in_keys);
    }
  }
  if (!http::wire::percent_decode(raw, decoded)) decoded = as_in_keys;
  std::vector<std::string> result{std::move(as_in_keys)};
  if (decoded != result.front()) result.push_back(std::move(decoded));
  return result;
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
