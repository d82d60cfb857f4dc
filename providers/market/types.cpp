// SPDX-License-Identifier: MIT
#include "providers/market/types.hpp"

namespace tributary::providers::market {

std::string_view list_name(asset_class kind) noexcept {
  switch (kind) {
    case asset_class::stock:
      return "stocks";
    case asset_class::crypto:
      return "crypto";
    case asset_class::forex:
      break;
  }
  return "forex";
}

std::string_view to_string(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::not_found:
      return "not_found";
    case error_kind::no_data:
      return "no_data";
    case error_kind::rate_limited:
      return "rate_limited";
    case error_kind::auth:
      return "auth";
    case error_kind::not_entitled:
      return "not_entitled";
    case error_kind::bad_request:
      return "bad_request";
    case error_kind::unavailable:
      return "unavailable";
    case error_kind::malformed:
      return "malformed";
  }
  return "malformed";
}

}  // namespace tributary::providers::market
