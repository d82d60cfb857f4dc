// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_reference.hpp"

#include "http/wire/json_string.hpp"
#include "http/wire/utf8.hpp"

namespace tributary::providers::vendors {

std::optional<std::string> read_reference(std::string_view json) {
  if (!json.starts_with('"')) return std::nullopt;
  auto result = http::wire::unescape_json(json);
  const auto characters = http::wire::count_characters(result);
  if (!characters || *characters == 0 || *characters > most_reference_characters) {
    return std::nullopt;
  }
  if (result.find('\0') != result.npos) return std::nullopt;
  return result;
}

}  // namespace tributary::providers::vendors
