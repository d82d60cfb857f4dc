// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/text_cleaner.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <cstddef>

namespace tributary::actors::jobs::cleaning {

bool text_cleaner::append(std::string& out, std::string_view source, spelling spelled) {
  if (!may_have_findings(source, spelled)) {
    out += source;
    return false;
  }
  folded_.assign(source, spelled);
  std::size_t at = 0;
  for (const auto& each : finder_.find(folded_.characters())) {
    out += source.substr(at, folded_.begin_of(each.begin) - at);
    out += replacement(each.what);
    at = folded_.end_of(each.end - 1);
  }
  out += source.substr(at);
  return at != 0;
}

/// No pattern does without a digit or an `@`, but for addresses of IPv6; either may be escaped.
bool text_cleaner::may_have_findings(std::string_view source, spelling spelled) const noexcept {
  if (detectors_.empty()) return false;
  const bool escapes = spelled == spelling::json;
  const bool colons = detectors_.contains(detector::ip);
  return std::any_of(source.begin(), source.end(), [&](char c) {
    return http::wire::is_digit(c) || c == '@' || static_cast<unsigned char>(c) >= 0x80 ||
           (escapes && c == '\\') || (colons && c == ':');
  });
}

}  // namespace tributary::actors::jobs::cleaning
