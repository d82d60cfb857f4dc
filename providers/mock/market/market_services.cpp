// SPDX-License-Identifier: MIT
#include "providers/mock/market/market_services.hpp"

#include "providers/mock/market/providers.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace tributary::providers::mock {

namespace {

struct provider {
  service name;
  reply (*answer)(const market::call&);
};

constexpr std::array market_providers{
    provider{service::yfinance, &market::yfinance::answer},
    provider{service::finnhub, &market::finnhub::answer},
    provider{service::coingecko, &market::coingecko::answer},
    provider{service::coinmarketcap, &market::coinmarketcap::answer},
    provider{service::alpha_vantage, &market::alpha_vantage::answer}};

/// The provider whose name is the first segment of the path, which is taken off.
const provider* take_prefix(std::string_view& path) {
  for (const auto& each : market_providers) {
    const auto name = to_string(each.name);
    if (!path.starts_with('/') || !path.substr(1).starts_with(name)) continue;
    const auto rest = path.substr(1 + name.size());
    if (!rest.empty() && rest.front() != '/') continue;
    path = rest.empty() ? "/" : rest;
    return &each;
  }
  return nullptr;
}

/// Decoded texts come back in answers, most of which are JSON.
bool is_text(const market::call& asked) {
  return market::is_utf8(asked.path) &&
         std::all_of(asked.parameters.begin(), asked.parameters.end(), [](const auto& each) {
           return market::is_utf8(each.first) && market::is_utf8(each.second);
         });
}

}  // namespace

market_services::market_services(std::uint64_t seed, desk& knobs_and_counts, clock now)
    : desk_(knobs_and_counts), now_(std::move(now)), world_(seed) {}

scripted_reply market_services::answer(const request& asked) {
  const auto parsed = boost::urls::parse_origin_form({asked.target.data(), asked.target.size()});
  if (!parsed) return {failure(400, "the target is not a path with an optional query")};
  const std::string decoded = parsed->path();
  std::string_view path = decoded;
  if (desk::owns(path)) return {desk_.control(asked.method, path, asked.body)};
  const auto* to = take_prefix(path);
  if (to == nullptr) {
    return {failure(404,
                    "no such provider; paths begin with /yfinance, /finnhub, /coingecko, "
                    "/coinmarketcap or /alpha_vantage")};
  }
  if (asked.method != "GET" && asked.method != "HEAD") return {not_allowed("GET, HEAD")};
  const auto active = desk_.current(to->name);
  market::call call{std::string{path},
                    {},
                    asked.headers,
                    std::chrono::floor<std::chrono::milliseconds>(now_()),
                    world_,
                    usage_[static_cast<unsigned>(to->name)],
                    {active.limits, active.limit}};
  for (const auto& parameter : parsed->encoded_params()) {
    call.parameters.emplace_back(parameter.key.decode(), parameter.value.decode());
  }
  if (!is_text(call)) return desk_.serve(to->name, failure(400, "the target is not UTF-8"));
  return desk_.serve(to->name, to->answer(call));
}

}  // namespace tributary::providers::mock
