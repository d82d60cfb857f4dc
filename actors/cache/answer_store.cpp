// SPDX-License-Identifier: MIT
#include "actors/cache/answer_store.hpp"

namespace tributary::actors::cache {

namespace {

bool is_key_or_variant(std::string_view candidate, std::string_view key) noexcept {
  if (!candidate.starts_with(key)) return false;
  return candidate.size() == key.size() || candidate[key.size()] == ':';
}

}  // namespace

std::size_t answer_store::remove(std::string_view key) {
  return remove_if([&](std::string_view each, const cached_answer&) {
    return is_key_or_variant(each, key);
  });
}

std::size_t answer_store::remove_prefix(std::string_view prefix) {
  return remove_if(
      [&](std::string_view each, const cached_answer&) { return each.starts_with(prefix); });
}

}  // namespace tributary::actors::cache
