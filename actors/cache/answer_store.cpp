// SPDX-License-Identifier: MIT
#include "actors/cache/answer_store.hpp"

namespace tributary::actors::cache {

std::size_t answer_store::remove(std::string_view key) {
  return remove({purge_scope::key, std::string{key}});
}

std::size_t answer_store::remove_prefix(std::string_view prefix) {
  return remove({purge_scope::prefix, std::string{prefix}});
}

std::size_t answer_store::remove(const purge_target& target) {
  return remove_if([&](std::string_view key, const cached_answer& answer) {
    return matches(target, key, answer.tags);
  });
}

}  // namespace tributary::actors::cache
