// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::http::server {

/// How something that requests depend on is doing. `disabled` is what is meant not to be there: it
/// degrades nothing.
enum class health : std::uint8_t { ok, degraded, down, disabled };

std::string_view to_string(health h) noexcept;

/// The dependencies that `/health` shows, as those who know them tell.
class health_report {
 public:
  /// @param started RFC 3339, since when what has no time of its own is as it is
  explicit health_report(std::string started) : started_(std::move(started)) {}

  /// Tells of one. A second word on the same replaces the first, and is for the worse.
  /// @param since milliseconds of the system clock; nothing: since the start
  void add(const std::string& name, health how, std::string detail,
           std::optional<std::int64_t> since = std::nullopt);

  /// True when something is not well.
  bool is_degraded() const noexcept { return degraded_; }

  /// An object from names to `status`, `detail` and, but for what is disabled, `since`.
  nlohmann::ordered_json take_dependencies() { return std::move(dependencies_); }

 private:
  std::string started_;
  nlohmann::ordered_json dependencies_ = nlohmann::ordered_json::object();
  bool degraded_ = false;
};

}  // namespace tributary::http::server
