// SPDX-License-Identifier: MIT
#include "http/client/fetch.hpp"

#include "http/wire/characters.hpp"

namespace tributary::http::client {

std::optional<std::string_view> next_header(std::string_view& header_block,
                                            std::string_view name) noexcept {
  while (!header_block.empty()) {
    const auto end = header_block.find("\r\n");
    const auto line = header_block.substr(0, end);
    header_block.remove_prefix(end == header_block.npos ? header_block.size() : end + 2);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        wire::same_without_case(line.substr(0, name.size()), name)) {
      return wire::trim(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::string_view find_header(std::string_view header_block, std::string_view name) noexcept {
  return next_header(header_block, name).value_or(std::string_view{});
}

}  // namespace tributary::http::client
