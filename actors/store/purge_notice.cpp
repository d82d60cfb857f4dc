// SPDX-License-Identifier: MIT
#include "actors/store/purge_notice.hpp"

#include <nlohmann/json.hpp>

namespace tributary::actors::store {

using json = nlohmann::ordered_json;

std::string to_text(const purge_notice& notice) {
  json document;
  document["from"] = notice.from;
  document[std::string{to_string(notice.target.scope)}] = notice.target.text;
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<purge_notice> parse_purge_notice(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  const auto from = document.find("from");
  if (from == document.end() || !from->is_string()) return std::nullopt;
  using scope = cache::purge_scope;
  for (const auto each : {scope::key, scope::prefix, scope::tag}) {
    const auto found = document.find(to_string(each));
    if (found == document.end() || !found->is_string()) continue;
    return purge_notice{from->get<std::string>(), {each, found->get<std::string>()}};
  }
  return std::nullopt;
}

}  // namespace tributary::actors::store
