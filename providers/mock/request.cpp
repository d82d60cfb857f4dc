// SPDX-License-Identifier: MIT
#include "providers/mock/request.hpp"

#include <nlohmann/json.hpp>

namespace tributary::providers::mock {

std::string_view request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

reply failure(unsigned status, std::string_view message) {
  reply result;
  result.status = status;
  result.owned = nlohmann::json{{"error", message}}.dump();
  return result;
}

reply not_allowed(std::string_view allow) {
  auto result = failure(405, "method not allowed");
  result.allow = allow;
  return result;
}

}  // namespace tributary::providers::mock
