// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::actors::aggregation {

/// Where a value is put, which decides what of it must be percent-encoded (RFC 3986, 2.1).
enum class encoding : std::uint8_t {
  none,   ///< as it is
  path,   ///< all but unreserved characters: a value stays within its segment
  query,  ///< all but unreserved characters and `:/,`, which mean nothing there
  key,    ///< `:`, `%`, controls: a value stays within its field of a cache key
};

/// Appends `text` encoded for that place.
void append_encoded(std::string_view text, encoding place, std::string& out);

}  // namespace tributary::actors::aggregation
