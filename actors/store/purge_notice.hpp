// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/purge_target.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary::actors::store {

/// What one instance publishes for the others: what to forget, and who says so.
struct purge_notice {
  std::string from;  ///< an instance
  cache::purge_target target;
};

/// `{"from":"1f…","key":"customer:c1"}`, or with `prefix` or `tag` in the place of `key`. Bytes
/// that are not UTF-8 are replaced: keys and tags have none.
std::string to_text(const purge_notice& notice);

/// Nothing when the text is not such a notice. Members that are not known are ignored.
std::optional<purge_notice> parse_purge_notice(std::string_view text);

}  // namespace tributary::actors::store
