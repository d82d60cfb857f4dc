// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quotes_output.hpp"

#include "http/server/problems.hpp"
#include "http/wire/json_string.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace tributary::http::server {

namespace market = actors::market;
namespace pm = providers::market;

namespace {

std::int64_t seconds_down(std::chrono::steady_clock::duration d) {
  return std::chrono::floor<std::chrono::seconds>(d).count();
}

std::int64_t age_of(const market::published_quote& quote, steady_time now) {
  return std::max<std::int64_t>(0, seconds_down(now - quote.fetched));
}

std::int64_t oldest_age(const market::quotes_reply& reply, steady_time now) {
  std::int64_t oldest = 0;
  for (const auto& row : reply.quotes) oldest = std::max(oldest, age_of(*row.quote, now));
  return oldest;
}

/// A number on its way into a text.
class digits_of {
 public:
  explicit digits_of(std::int64_t value)
      : end_(std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr) {}
  std::string_view view() const noexcept {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 20> text_;
  char* end_;
};

constexpr std::string_view body_begin = R"({"quotes":[)";
constexpr std::string_view body_middle = R"(],"errors":[)";
constexpr std::string_view body_end = "]}";
constexpr std::string_view stale_mark = R"(,"stale":true,"age_seconds":)";

/// Writes to memory that is known to be large enough.
class filler {
 public:
  explicit filler(char* to) noexcept : to_(to) {}
  void add(std::string_view text) noexcept {
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }

 private:
  char* to_;
};

std::string failures_text(const std::vector<pm::failure>& errors) {
  std::string result;
  for (const auto& each : errors) {
    if (!result.empty()) result += ',';
    append_failure(result, each);
  }
  return result;
}

/// One allocation: rows are copied as they are, with the mark of a stale one before its brace.
wire::shared_bytes quotes_body(const market::quotes_reply& reply, std::string_view errors,
                               steady_time now) {
  auto size = body_begin.size() + body_middle.size() + errors.size() + body_end.size();
  for (const auto& row : reply.quotes) {
    size += row.quote->json.size() + 1;
    if (row.stale) size += stale_mark.size() + digits_of(age_of(*row.quote, now)).view().size();
  }
  if (!reply.quotes.empty()) --size;  // one comma less than rows
  return wire::shared_bytes::make(size, [&](char* to) {
    filler result{to};
    result.add(body_begin);
    for (const auto& row : reply.quotes) {
      if (&row != &reply.quotes.front()) result.add(",");
      const std::string_view json = row.quote->json;
      if (!row.stale) {
        result.add(json);
        continue;
      }
      result.add(json.substr(0, json.size() - 1));
      result.add(stale_mark);
      result.add(digits_of(age_of(*row.quote, now)).view());
      result.add("}");
    }
    result.add(body_middle);
    result.add(errors);
    result.add(body_end);
  });
}

void append_cache_status(std::string& out, const market::quotes_reply& reply, std::int64_t ttl) {
  out += "Cache-Status: tributary";
  if (reply.hit) {
    out.append("; hit; ttl=").append(digits_of(ttl).view());
  } else {
    out += cache_word_of(reply) == "stale" ? "; fwd=stale" : "; fwd=miss";
  }
  out += "\r\n";
}

response some_quotes(const market::quotes_reply& reply, std::chrono::milliseconds quote_ttl,
                     steady_time now) {
  response result;
  result.content_type = "application/json";
  const auto age = oldest_age(reply, now);
  auto& out = result.headers;
  out.reserve(128);
  append_cache_status(out, reply, seconds_down(quote_ttl) - age);
  out.append("Cache-Control: no-cache\r\nAge: ").append(digits_of(age).view()).append("\r\n");
  result.body.emplace_back(quotes_body(reply, failures_text(reply.errors), now));
  return result;
}

bool may_come_later(pm::error_kind kind) noexcept {
  return kind == pm::error_kind::rate_limited || kind == pm::error_kind::unavailable;
}

bool is_lacking(const pm::failure& why) noexcept {
  return why.kind == pm::error_kind::not_found || why.kind == pm::error_kind::no_data;
}

/// Whole seconds after which the first of the symbols may be had; nothing where none may.
std::optional<std::int64_t> retry_after(const std::vector<pm::failure>& errors) {
  std::optional<std::chrono::milliseconds> least;
  for (const auto& each : errors) {
    if (!may_come_later(each.kind)) continue;
    const auto wait = each.retry_after.value_or(market::usual_wait);
    least = std::min(least.value_or(wait), wait);
  }
  if (!least) return std::nullopt;
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(*least).count());
}

response no_quotes(const request& asked, const market::quotes_reply& reply) {
  const auto again = retry_after(reply.errors);
  auto p = wire::make_problem("QUOTES_FAILED");
  std::string retry_member;
  if (std::ranges::all_of(reply.errors, is_lacking) && !reply.errors.empty()) {
    p = wire::make_problem("NO_QUOTES");
  } else if (again) {
    p = wire::make_problem("QUOTES_UNAVAILABLE");
    retry_member.append(R"("retry_after":)").append(digits_of(*again).view());
    p.extra_error = retry_member;
  }
  if (reply.errors.size() == 1) {
    const auto& only = reply.errors.front();
    p.detail.append(only.symbol).append(": ");
    p.detail.append(only.detail.empty() ? to_string(only.kind) : std::string_view{only.detail});
  } else {
    p.detail = "none of " + std::to_string(reply.errors.size()) + " symbols has a quote";
  }
  const auto members = R"("quotes":[],"errors":[)" + failures_text(reply.errors) + "]";
  p.extra = members;
  auto result = problem_response(asked, std::move(p));
  append_cache_status(result.headers, reply, 0);
  if (result.status == 503) {
    result.headers.append("Retry-After: ").append(digits_of(*again).view()).append("\r\n");
  }
  return result;
}

}  // namespace

void append_failure(std::string& out, const pm::failure& why) {
  out += R"({"symbol":)";
  wire::append_json_string(out, why.symbol);
  out.append(R"(,"kind":")").append(to_string(why.kind)).append(R"(","detail":)");
  wire::append_json_string(out, why.detail);
  out += '}';
}

response render_quotes(const request& asked, const market::quotes_reply& reply,
                       std::chrono::milliseconds quote_ttl, steady_time now) {
  return reply.quotes.empty() ? no_quotes(asked, reply) : some_quotes(reply, quote_ttl, now);
}

std::string stale_quote_json(const market::published_quote& quote, steady_time now) {
  std::string result{quote.json, 0, quote.json.size() - 1};
  result.append(stale_mark).append(digits_of(age_of(quote, now)).view()).append("}");
  return result;
}

std::string_view cache_word_of(const market::quotes_reply& reply) noexcept {
  const auto stale = std::ranges::any_of(reply.quotes, [](const auto& row) { return row.stale; });
  if (stale) return "stale";
  return reply.hit ? "hit" : "miss";
}

}  // namespace tributary::http::server
