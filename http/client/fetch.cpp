// SPDX-License-Identifier: MIT
#include "http/client/fetch.hpp"

#include "http/client/field_syntax.hpp"

namespace tributary::http::client {

std::string_view find_header(std::string_view header_block, std::string_view name) noexcept {
  while (!header_block.empty()) {
    const auto end = header_block.find("\r\n");
    const auto line = header_block.substr(0, end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equals_ignoring_case(line.substr(0, name.size()), name)) {
      return trim(line.substr(name.size() + 1));
    }
    if (end == std::string_view::npos) break;
    header_block.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace tributary::http::client
