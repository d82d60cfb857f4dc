// SPDX-License-Identifier: MIT
#include "providers/market/alpha_vantage/csv.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>

namespace tributary::providers::market::alpha_vantage {

csv_reader::csv_reader(std::string_view text) : rest_{text} {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool csv_reader::next(std::vector<std::string>& fields) {
  rest_.remove_prefix(std::min(rest_.find_first_not_of("\r\n"), rest_.size()));
  if (rest_.empty()) return false;
  std::size_t count = 0;
  for (bool more = true; more && !broken_;) {
    if (count == fields.size()) fields.emplace_back();
    take_field(fields[count++]);
    more = rest_.starts_with(',');
    if (more) rest_.remove_prefix(1);
  }
  fields.resize(count);
  return !broken_;
}

void csv_reader::take_field(std::string& field) {
  field.clear();
  if (rest_.starts_with('"')) take_quoted(field);
  // Whatever follows a closing quote belongs to the field, as most readers have it.
  const auto end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
  field += rest_.substr(0, end);
  rest_.remove_prefix(end);
}

void csv_reader::take_quoted(std::string& field) {
  rest_.remove_prefix(1);
  while (true) {
    const auto quote = rest_.find('"');
    field += rest_.substr(0, quote);
    if (quote == rest_.npos) {
      broken_ = true;
      rest_ = {};
      return;
    }
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return;
    field += '"';
    rest_.remove_prefix(1);
  }
}

std::optional<std::size_t> column_of(const std::vector<std::string>& header,
                                     std::string_view name) {
  for (std::size_t at = 0; at < header.size(); ++at) {
    if (http::wire::same_without_case(http::wire::trim(header[at]), name)) return at;
  }
  return {};
}

}  // namespace tributary::providers::market::alpha_vantage
