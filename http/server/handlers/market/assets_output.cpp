// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_output.hpp"

#include "http/server/handlers/market/assets_cursor.hpp"
#include "http/server/problems.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::http::server {

namespace market = actors::market;
using market::asset_table;
using std::chrono::seconds;

namespace {

/// Clients and caches between may keep a page so long without asking. It counts from now: as what
/// they reckon with is `max-age` less `Age`, the age of the list is added.
constexpr std::int64_t kept_for = 60;

/// A search whose rows lie in more stretches than this is copied: one write of one buffer beats
/// gathering thousands.
constexpr std::size_t most_page_slices = 8;

std::int64_t age_of_list(const asset_table& table, market::system_time now) {
  return std::max<std::int64_t>(0, std::chrono::floor<seconds>(now - table.as_of()).count());
}

/// Strong: equal for equal bytes only, and the same in all instances. Which page it is comes from
/// what was asked.
std::string etag_of_page(const asset_table& table, const assets_input& input) {
  std::string text = std::to_string(input.limit);
  text.append(1, '\0').append(input.query).append(1, '\0').append(input.after);
  constexpr auto* digits = "0123456789abcdef";
  std::string result = "\"" + table.fingerprint() + '-';
  auto hash = XXH3_64bits(text.data(), text.size());
  for (auto i = 0; i < 16; ++i, hash <<= 4) result += digits[hash >> 60];
  return result += '"';
}

bool names_etag(const request& asked, std::string_view etag) {
  auto found = false;
  asked.each_header("If-None-Match", [&](std::string_view value) {
    found = found || wire::matches_etag(value, etag);
  });
  return found;
}

/// A link to this request for the page that begins behind `cursor`. The path is as it was sent, and
/// has no characters but those of RFC 3986.
std::string link_to_next(const request& asked, const assets_input& input, std::string_view cursor) {
  std::string link = "<";
  link.append(asked.path).append("?limit=").append(std::to_string(input.limit));
  if (!input.query.empty()) wire::append_percent_encoded(link.append("&q="), input.query);
  return link.append("&cursor=").append(cursor).append(R"(>; rel="next")");
}

void append_rows(const asset_table& table, const asset_table::page& page, response& to) {
  const auto slice_of = [&](const asset_table::run& run) {
    return table.json_rows(run.first, run.last);
  };
  if (page.rows.size() <= most_page_slices) {
    for (const auto& run : page.rows) {
      if (&run != &page.rows.front()) to.body.push_back(wire::byte_slice::literal(","));
      to.body.emplace_back(table.json(), slice_of(run));
    }
    return;
  }
  auto size = page.rows.size() - 1;
  for (const auto& run : page.rows) size += slice_of(run).size();
  to.body.emplace_back(wire::shared_bytes::make(size, [&](char* at) {
    for (const auto& run : page.rows) {
      if (&run != &page.rows.front()) *at++ = ',';
      at = std::ranges::copy(slice_of(run), at).out;
    }
  }));
}

void append_body(const asset_table& table, const asset_table::page& page, std::string_view cursor,
                 response& to) {
  std::string frame = R"({"asset_type":")";
  frame.append(list_name(table.kind())).append(R"(","total":)");
  frame.append(std::to_string(page.total)).append(R"(,"assets":[)");
  const auto cut = frame.size();
  frame.append(R"(],"next_cursor":)");
  if (cursor.empty()) {
    frame.append("null");
  } else {
    frame.append(1, '"').append(cursor).append(1, '"');
  }
  frame.append(R"(,"as_of":")").append(table.as_of_text()).append("\"}");
  const wire::shared_bytes owner{frame};
  to.body.emplace_back(owner, owner.view().substr(0, cut));
  append_rows(table, page, to);
  to.body.emplace_back(owner, owner.view().substr(cut));
}

}  // namespace

response render_assets(const request& asked, const assets_input& input, const asset_table& table,
                       std::chrono::milliseconds ttl, market::system_time now) {
  const auto etag = etag_of_page(table, input);
  const auto age = age_of_list(table, now);
  const auto left = std::chrono::floor<seconds>(ttl).count() - age;
  response result;
  result.headers.reserve(384);
  result.add_header("ETag", etag);
  result.add_header("Cache-Control", "max-age=" + std::to_string(age + kept_for));
  result.add_header("Age", std::to_string(age));
  result.add_header("Cache-Status", "tributary; hit; ttl=" + std::to_string(left));
  result.log_cache = "hit";
  if (names_etag(asked, etag)) {
    result.status = 304;
    return result;
  }
  const auto page = table.find(input.query, input.after, input.limit);
  std::string cursor;
  if (!page.next.empty()) {
    cursor = write_assets_cursor({list_name(table.kind()), input.query, page.next});
    result.add_header("Link", link_to_next(asked, input, cursor));
  }
  result.content_type = "application/json";
  append_body(table, page, cursor, result);
  return result;
}

response unknown_asset_type(const request& asked) {
  auto p = wire::make_problem("NOT_FOUND");
  p.title = "There is no such type of assets";
  p.detail = "types of assets are stocks, crypto and forex";
  return problem_response(asked, std::move(p));
}

response refuse_assets(const request& asked, const assets_input& input) {
  std::string list = R"("errors":[)";
  for (const auto& error : input.errors) {
    if (&error != &input.errors.front()) list += ',';
    list += R"({"detail":)";
    wire::append_json_string(list, error.detail);
    list += R"(,"parameter":)";
    wire::append_json_string(list, error.parameter);
    list += '}';
  }
  list += ']';
  auto p = wire::make_problem("INVALID_PARAMETER");
  p.detail = input.errors.size() == 1
                 ? input.errors.front().detail
                 : std::to_string(input.errors.size()) + " parameters are invalid";
  p.extra = list;
  return problem_response(asked, std::move(p));
}

response assets_not_fetched(const request& asked, const assets_input& input) {
  auto p = wire::make_problem("LIST_NOT_FETCHED");
  p.detail =
      std::string{"the list of "}.append(list_name(*input.kind)) + " has not been fetched yet";
  p.extra_error = R"("retry_after":5)";
  auto answer = problem_response(asked, std::move(p));
  answer.add_header("Retry-After", "5");
  return answer;
}

}  // namespace tributary::http::server
