// SPDX-License-Identifier: MIT
#include "actors/cache/response_fields.hpp"

#include "actors/cache/header_fields.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/http_date.hpp"

#include <algorithm>
#include <utility>

namespace tributary::actors::cache {

using http::wire::same_without_case;
using std::chrono::seconds;

namespace {

void take(response_fields& known, cache_control& pragma, bool& controlled,
          const header_line& field) {
  const auto is = [&](std::string_view name) { return same_without_case(field.name, name); };
  if (is("cache-control")) {
    add_cache_control(known.control, field.value);
    controlled = true;
  } else if (is("age")) {
    if (!known.age) known.age = parse_age(field.value);
  } else if (is("expires")) {
    if (!known.expires) known.expires = field.value;
  } else if (is("date")) {
    known.date = field.value;
  } else if (is("etag")) {
    known.etag = field.value;
  } else if (is("last-modified")) {
    known.last_modified = field.value;
  } else if (is("set-cookie")) {
    known.sets_cookie = true;
  } else if (is("vary")) {
    known.varies = true;
  } else if (is("pragma")) {
    add_cache_control(pragma, field.value);
  }
}

}  // namespace

response_fields read_fields(std::string_view block) {
  response_fields result;
  cache_control pragma;
  bool controlled = false;
  while (const auto field = next_field(block)) take(result, pragma, controlled, *field);
  if (!controlled) result.control.no_cache = pragma.no_cache;
  return result;
}

std::optional<std::vector<std::string>> read_vary(std::string_view block) {
  std::vector<std::string> names;
  while (const auto field = next_field(block)) {
    if (!same_without_case(field->name, "vary")) continue;
    auto rest = field->value;
    while (!rest.empty()) {
      const auto item = http::wire::next_item(rest, ',');
      if (item.empty()) continue;
      if (item == "*" || !http::wire::is_token(item)) return std::nullopt;
      std::string name{item};
      std::transform(name.begin(), name.end(), name.begin(), http::wire::to_lower);
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

bool varies_by_call(const std::vector<std::string>& vary, std::string_view deadline_header) {
  return std::any_of(vary.begin(), vary.end(), [&](const auto& name) {
    return name == "x-request-id" || same_without_case(name, deadline_header);
  });
}

bool is_for_one_client(const response_fields& fields) noexcept {
  return fields.control.no_store || fields.control.is_private || fields.sets_cookie;
}

std::optional<seconds> lifetime_of(const response_fields& fields,
                                   std::chrono::system_clock::time_point received_at) noexcept {
  if (fields.control.s_maxage) return fields.control.s_maxage;
  if (fields.control.max_age) return fields.control.max_age;
  if (!fields.expires) return std::nullopt;
  const auto expires = http::wire::parse_http_date(*fields.expires);
  if (!expires) return seconds{0};
  const auto date = http::wire::parse_http_date(fields.date).value_or(received_at);
  return std::max(seconds{0}, std::chrono::floor<seconds>(*expires - date));
}

}  // namespace tributary::actors::cache
