// SPDX-License-Identifier: MIT
#include "config/sections/credential_url.hpp"

#include <string_view>

namespace tributary::config {

namespace {

/// Where user and password stand: behind `//` up to the last `@` of the authority. Also of what is
/// no URL, since errors come later and a secret is one before.
struct user_info {
  std::size_t start = 0;
  std::size_t size = 0;  ///< 0: none
};

user_info find_user_info(std::string_view text) {
  const auto slashes = text.find("//");
  auto start = slashes == std::string_view::npos ? 0 : slashes + 2;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at < start) return {};
  return {start, at - start};
}

bool has_url_password(std::string_view text) {
  const auto found = find_user_info(text);
  const auto colon = text.substr(found.start, found.size).find(':');
  return colon != std::string_view::npos && colon + 1 < found.size;
}

std::string without_user_info(std::string text) {
  const auto found = find_user_info(text);
  return found.size == 0 ? text : text.replace(found.start, found.size, redacted);
}

}  // namespace

codec<std::string> credential_url() {
  auto result = text("URL");
  result.read = [read = result.read](reader& in, const node& at, std::string& target) {
    if (at.kind == node_kind::string && !at.substituted && has_url_password(at.text)) {
      return in.fail(at, "a secret does not belong into the file", "${NAME} or ${file:PATH}");
    }
    read(in, at, target);
  };
  result.print = [](const std::string& value) -> ordered_json { return without_user_info(value); };
  return result;
}

}  // namespace tributary::config
