// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/health_report.hpp"

#include "http/wire/utc_time.hpp"

#include <chrono>
#include <utility>

namespace tributary::http::server {

std::string_view to_string(health h) noexcept {
  switch (h) {
    case health::ok:
      return "ok";
    case health::degraded:
      return "degraded";
    case health::down:
      return "down";
    case health::disabled:
      return "disabled";
  }
  return {};
}

void health_report::add(const std::string& name, health how, std::string detail,
                        std::optional<std::int64_t> since) {
  using std::chrono::milliseconds;
  degraded_ = degraded_ || how == health::degraded || how == health::down;
  nlohmann::ordered_json entry;
  entry["status"] = to_string(how);
  entry["detail"] = std::move(detail);
  if (how != health::disabled) {
    entry["since"] =
        since ? wire::utc_time(std::chrono::system_clock::time_point{milliseconds{*since}})
              : started_;
  }
  dependencies_[name] = std::move(entry);
}

}  // namespace tributary::http::server
