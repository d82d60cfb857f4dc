// SPDX-License-Identifier: MIT
#include "actors/market/provider_resources.hpp"

#include "actors/guards/upstream_resources.hpp"

#include <utility>

namespace tributary::actors::market {

provider_resources::provider_resources(const config::market_provider_settings& s,
                                       std::unique_ptr<pm::provider> made,
                                       std::shared_ptr<guards::upstream_resources> guarded,
                                       std::shared_ptr<guarded_allowance> allowed,
                                       std::chrono::milliseconds rest_for,
                                       const provider_metrics& counted)
    : settings(s),
      adapter(std::move(made)),
      upstream(std::move(guarded)),
      allowance(std::move(allowed)),
      rest(rest_for),
      metrics(counted) {}

std::string provider_resources::target_of(const pm::wire_request& request) const {
  std::string_view prefix = upstream->settings.path_prefix;
  const auto base = adapter->base_path();
  if (!base.empty() && prefix.ends_with(base)) prefix.remove_suffix(base.size());
  std::string result;
  result.reserve(prefix.size() + request.target.size());
  result += prefix;
  result += request.target;
  return result;
}

}  // namespace tributary::actors::market
