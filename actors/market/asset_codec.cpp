// SPDX-License-Identifier: MIT
#include "actors/market/asset_codec.hpp"

#include "http/wire/instant.hpp"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace tributary::actors::market {

namespace {

using simdjson::dom::element;

/// A member that is a string; empty for anything else.
std::string text_member(const simdjson::dom::object& from, std::string_view name) {
  std::string_view text;
  if (from[name].get(text) != simdjson::SUCCESS) return {};
  return std::string{text};
}

std::optional<std::vector<pm::asset>> read_rows(const simdjson::dom::array& rows) {
  std::vector<pm::asset> result;
  result.reserve(rows.size());
  for (const element each : rows) {
    simdjson::dom::object row;
    if (each.get(row) != simdjson::SUCCESS) return std::nullopt;
    pm::asset asset;
    asset.symbol = text_member(row, "symbol");
    if (asset.symbol.empty()) return std::nullopt;
    asset.name = text_member(row, "name");
    asset.type = text_member(row, "type");
    asset.exchange = text_member(row, "exchange");
    asset.currency = text_member(row, "currency");
    result.push_back(std::move(asset));
  }
  if (result.empty()) return std::nullopt;
  return result;
}

}  // namespace

std::string asset_key(pm::asset_class kind) {
  return std::string{"assets:"}.append(list_name(kind));
}

std::string write_assets(const asset_table& table) {
  std::string result;
  result.reserve(table.json().size() + 96);
  result.append(R"({"asset_type":")").append(list_name(table.kind()));
  result.append(R"(","as_of":")").append(table.as_of_text());
  result.append(R"(","assets":[)").append(table.json().view()).append("]}");
  return result;
}

std::optional<asset_list> read_assets(pm::asset_class kind, std::string_view text) {
  simdjson::dom::parser parser{4 * largest_stored_list};
  simdjson::dom::object whole;
  simdjson::dom::array rows;
  if (parser.parse(text.data(), text.size()).get(whole) != simdjson::SUCCESS) return std::nullopt;
  if (text_member(whole, "asset_type") != list_name(kind)) return std::nullopt;
  const auto when = text_member(whole, "as_of");
  const auto as_of = http::wire::parse_instant(when);
  // Years that the system clock's nanoseconds can hold.
  if (!as_of || as_of->seconds < 0 || as_of->seconds > 9'000'000'000) return std::nullopt;
  if (whole["assets"].get(rows) != simdjson::SUCCESS) return std::nullopt;
  auto assets = read_rows(rows);
  if (!assets) return std::nullopt;
  return asset_list{std::make_shared<const std::vector<pm::asset>>(std::move(*assets)),
                    system_time{std::chrono::seconds{as_of->seconds}}};
}

}  // namespace tributary::actors::market
