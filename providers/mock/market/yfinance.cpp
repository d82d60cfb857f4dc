// SPDX-License-Identifier: MIT
#include "providers/mock/market/yfinance.hpp"

#include "providers/mock/market/providers.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tributary::providers::mock::market::yfinance {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./";

/// So many characters that follow from a text.
std::string letters_of(const universe& world, std::string_view what, std::size_t count) {
  std::string result;
  auto bits = world.stable_number(what);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 10 == 0) bits = world.stable_number(std::string{what} + std::to_string(i));
    result += alphabet[bits & 63];
    bits >>= 6;
  }
  return result;
}

/// `d=…&S=…`: the second part proves that the first is ours, so that nothing need be remembered.
std::string new_cookie(const call& asked) {
  auto id = "AQABB" + letters_of(asked.world, "id" + iso_time(asked.now), 16);
  auto proof = letters_of(asked.world, "proof" + id, 12);
  return "d=" + std::move(id) + "&S=" + std::move(proof);
}

/// The value of the cookie A3, when it is one of ours; else empty.
std::string_view cookie_of(const call& asked) {
  for (auto part : split(asked.headers.find("Cookie"), ';')) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (!part.starts_with("A3=d=")) continue;
    part.remove_prefix(3);
    const auto middle = part.find("&S=");
    if (middle == part.npos) return {};
    const std::string id{part.substr(2, middle - 2)};
    return part.substr(middle + 3) == letters_of(asked.world, "proof" + id, 12)
               ? part
               : std::string_view{};
  }
  return {};
}

std::string crumb_of(const universe& world, std::string_view cookie) {
  return letters_of(world, "crumb" + std::string{cookie}, 11);
}

void set_cookie(reply& to, const call& asked) {
  // A leap year of seconds, as the real one.
  add_field(to, "Set-Cookie",
            "A3=" + new_cookie(asked) +
                "; Max-Age=31557600; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly");
}

/// fc.yahoo.com: nothing to see, but it sets the cookie.
reply front(const call& asked) {
  auto result = make_reply(404, "<!DOCTYPE html><html><body>Not Found</body></html>\n",
                           "text/html; charset=utf-8");
  set_cookie(result, asked);
  return result;
}

/// finance.yahoo.com/quote/AAPL
reply page(const call& asked) {
  auto result = make_reply(200,
                           "<!DOCTYPE html><html><head><title>" + asked.path.substr(7) +
                               "</title></head><body></body></html>\n",
                           "text/html; charset=utf-8");
  set_cookie(result, asked);
  return result;
}

reply crumb(const call& asked) {
  const auto cookie = cookie_of(asked);
  if (cookie.empty()) return error(401, "finance", "Unauthorized", "Invalid Cookie");
  return make_reply(200, crumb_of(asked.world, cookie), "text/plain;charset=utf-8");
}

/// Answers only those with a cookie and the crumb that belongs to it.
template <reply (*Answer)(const call&)>
reply with_crumb(const call& asked) {
  const auto cookie = cookie_of(asked);
  const auto given = asked.parameter("crumb");
  if (cookie.empty() || given.empty()) {
    return error(401, "finance", "Unauthorized",
                 "User is unable to access this feature - "
                 "https://bit.ly/yahoo-finance-api-feedback");
  }
  if (given != crumb_of(asked.world, cookie)) {
    return error(401, "finance", "Unauthorized", "Invalid Crumb");
  }
  return Answer(asked);
}

constexpr std::array routes{route{"/", &front},
                            route{"/quote/", &page, true},
                            route{"/v1/test/getcrumb", &crumb},
                            route{"/v7/finance/quote", &with_crumb<&quotes>},
                            route{"/v7/finance/spark", &spark_v7},
                            route{"/v8/finance/spark", &spark_v8},
                            route{"/v8/finance/chart/", &chart, true},
                            route{"/v1/finance/search", &search},
                            route{"/v1/finance/lookup", &lookup},
                            route{"/v1/finance/screener/predefined/saved", &with_crumb<&screener>}};

}  // namespace

reply error(unsigned status, std::string_view key, std::string_view code,
            std::string_view description) {
  const nlohmann::ordered_json body{
      {key, {{"result", nullptr}, {"error", {{"code", code}, {"description", description}}}}}};
  auto result = make_reply(status, body.dump(), "application/json");
  add_field(result, "Server", "ATS");
  return result;
}

reply json_reply(std::string body) {
  auto result = make_reply(200, std::move(body), "application/json;charset=utf-8");
  add_field(result, "Server", "ATS");
  add_field(result, "Cache-Control", "public, max-age=1, stale-while-revalidate=9");
  add_field(result, "Vary", "Origin,Accept-Encoding");
  add_field(result, "Age", "0");
  return result;
}

reply answer(const call& asked) {
  // Whatever does not say that it is a browser is throttled at once. How many requests a browser
  // may send is not published; here it may send any number unless a knob says otherwise.
  const bool is_browser = asked.headers.find("User-Agent").starts_with("Mozilla/");
  if (!is_browser || asked.count("", 0, std::chrono::minutes{1}).over) {
    auto result = make_reply(429, "Too Many Requests\r\n", "text/html; charset=utf-8");
    add_field(result, "Server", "ATS");
    return result;
  }
  if (const auto* to = find_route(routes, asked.path)) return to->answer(asked);
  return error(404, "finance", "Not Found", "HTTP 404 Not Found");
}

}  // namespace tributary::providers::mock::market::yfinance
