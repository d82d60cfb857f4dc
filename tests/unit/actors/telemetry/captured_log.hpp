// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/logging.hpp"

#include <nlohmann/json.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace tributary::tests {

/// A running logger whose lines stay in memory.
class captured_log {
 public:
  explicit captured_log(config::log_level level = config::log_level::debug) {
    to.start({.level = level, .queue = 1024}, [this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
    });
  }
  ~captured_log() { to.stop(); }

  /// What was logged so far, as text.
  std::vector<std::string> lines() {
    to.flush();
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  /// The last line, read as JSON; throws when it is not.
  nlohmann::json last() { return nlohmann::json::parse(lines().at(lines_.size() - 1)); }

  actors::telemetry::logger to;

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace tributary::tests
