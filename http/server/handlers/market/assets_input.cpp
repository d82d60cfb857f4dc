// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_input.hpp"

#include "actors/market/asset_shelf.hpp"
#include "http/server/handlers/market/assets_cursor.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/target.hpp"
#include "http/wire/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tributary::http::server {

namespace market = actors::market;

namespace {

constexpr std::size_t longest_query = 64;

std::optional<market::pm::asset_class> asset_class_of(std::string_view segment) {
  std::string name;
  if (!wire::percent_decode(segment, name)) return std::nullopt;
  for (const auto kind : market::all_asset_classes) {
    if (list_name(kind) == name) return kind;
  }
  return std::nullopt;
}

void refuse_parameter(assets_input& into, std::string_view name, std::string_view why) {
  auto& error = into.errors.emplace_back();
  error.detail.append(name).append(" ").append(why);
  error.parameter = name;
}

/// The decoded value of a parameter that may be given once. A `+` is the space of form encoders.
std::optional<std::string> assets_parameter(const request& asked, std::string_view name,
                                            assets_input& into) {
  std::optional<std::string> result;
  std::string decoded;
  for (auto rest = asked.query; const auto item = wire::next_query_item(rest);) {
    // A target with malformed escapes has been refused before.
    wire::percent_decode(item->name, decoded, wire::plus::is_space);
    if (decoded != name) continue;
    if (result) {
      refuse_parameter(into, name, "must be given only once");
      return std::nullopt;
    }
    wire::percent_decode(item->value, result.emplace(), wire::plus::is_space);
  }
  return result;
}

void read_limit(const std::string& text, assets_input& into) {
  const auto digits = !text.empty() && std::ranges::all_of(text, wire::is_digit);
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (digits && read.ec == std::errc::result_out_of_range) value = assets_input::most_limit;
  if (!digits || value == 0) {
    refuse_parameter(into, "limit", "must be a whole number from 1 to 5000");
    return;
  }
  into.limit = std::min(value, assets_input::most_limit);
}

void read_query(std::string&& text, assets_input& into) {
  const auto characters = wire::count_characters(text);
  if (!characters || *characters == 0 || *characters > longest_query) {
    refuse_parameter(into, "q", "must be 1 to 64 characters in UTF-8");
  } else if (std::ranges::any_of(text, wire::is_control) || text.find('\t') != text.npos) {
    refuse_parameter(into, "q", "must not contain control characters");
  } else {
    into.query = std::move(text);
  }
}

}  // namespace

assets_input read_assets_input(const request& asked) {
  assets_input result;
  result.kind = asset_class_of(asked.path_value("asset_type"));
  if (!result.kind) return result;
  if (const auto limit = assets_parameter(asked, "limit", result)) read_limit(*limit, result);
  const auto errors = result.errors.size();
  if (auto query = assets_parameter(asked, "q", result)) read_query(std::move(*query), result);
  const auto cursor = assets_parameter(asked, "cursor", result);
  // A cursor belongs to a search: beside one that is wrong there is nothing to say of it.
  if (!cursor || result.errors.size() != errors) return result;
  if (auto after = read_assets_cursor(*cursor, list_name(*result.kind), result.query)) {
    result.after = std::move(*after);
  } else {
    refuse_parameter(result, "cursor", "is none that this list and search have given");
  }
  return result;
}

}  // namespace tributary::http::server
