// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/events.hpp"
#include "config/sections/log_settings.hpp"

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::telemetry {

/// One member of a log line: a name and a text, a number or a truth value. Only views: it lives as
/// long as the call.
class field {
 public:
  enum class kind : std::uint8_t { text, signed_integer, unsigned_integer, real, boolean };

  field(std::string_view name, std::convertible_to<std::string_view> auto&& value)
      : name_(name), text_(value), kind_(kind::text) {}
  field(std::string_view name, bool value) : name_(name), kind_(kind::boolean) { flag_ = value; }
  field(std::string_view name, std::signed_integral auto value)
      : name_(name), kind_(kind::signed_integer) {
    signed_ = value;
  }
  field(std::string_view name, std::unsigned_integral auto value)
      : name_(name), kind_(kind::unsigned_integer) {
    unsigned_ = value;
  }
  field(std::string_view name, std::floating_point auto value) : name_(name), kind_(kind::real) {
    real_ = static_cast<double>(value);
  }

  std::string_view name() const noexcept { return name_; }
  /// Appends the value as JSON, redacted.
  void append_to(std::string& line) const;

 private:
  std::string_view name_;
  std::string_view text_;
  union {
    std::int64_t signed_;
    std::uint64_t unsigned_;
    double real_;
    bool flag_;
  };
  kind kind_;
};

/// Where finished lines go: one JSON object with its line feed. Called by the logger's own thread.
using line_writer = std::function<void(std::string_view line)>;

/// Writes JSON lines to standard error from a thread of its own. When that thread cannot keep up,
/// the oldest waiting lines are dropped and counted: a request never waits for its log.
///
/// Before `start` and after `stop` only errors are written, at once and by the caller. All
/// functions but `start` and `stop` may be called by any thread.
class logger {
 public:
  logger();
  ~logger();
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;

  /// Starts the thread. Without a writer the lines go to standard error, gathered for up to 1 ms
  /// while more are coming. Stops first when it is running.
  void start(const config::log_settings& settings, line_writer writer = {});

  /// Writes what waits and ends the thread. Standard error that takes nothing for a second is given
  /// up, and the rest counted as dropped. A writer of one's own must return.
  void stop();

  /// Waits until everything logged so far is written or dropped; false when `limit` was too short.
  bool flush(std::chrono::milliseconds limit = std::chrono::seconds(1));

  /// True when lines of this level are written. One relaxed load.
  bool enabled(config::log_level level) const noexcept {
    return static_cast<int>(level) >= threshold_.load(std::memory_order_relaxed);
  }
  void set_level(config::log_level level) noexcept {
    threshold_.store(static_cast<int>(level), std::memory_order_relaxed);
  }

  /// Logs one line. Secrets in message and fields are replaced.
  /// A text longer than 2048 bytes is cut.
  void write(config::log_level level, events::event event, std::string_view message,
             std::initializer_list<field> fields = {}) {
    if (enabled(level)) write_line(level, event, message, fields);
  }

  /// Hands over a finished line, which ends with a line feed, without looking at the level.
  void post(config::log_level level, std::string_view line);

  /// Lines lost so far.
  std::uint64_t dropped() const noexcept;

 private:
  struct backend;

  void write_line(config::log_level level, events::event event, std::string_view message,
                  std::initializer_list<field> fields);

  static constexpr int only_errors = static_cast<int>(config::log_level::error);

  std::atomic<int> threshold_{only_errors};
  std::atomic<backend*> backend_{nullptr};
  mutable std::mutex mutex_;  ///< of start, stop and the list
  /// The running one and, stopped, those before: a thread may still hold a pointer to them.
  std::vector<std::unique_ptr<backend>> backends_;
};

/// Starts a log line in the calling thread's buffer: `{"ts":…,"level":…,"event":…,"message":…`. For
/// writers that build a line themselves: append `,"name":value` members, then `}` and a line feed,
/// and `post` it. Message and event are taken as they are, without redaction.
std::string& begin_line(config::log_level level, events::event event, std::string_view message);

/// Appends a text as JSON string, without redaction, cut at `limit` bytes at a character's border.
void append_cut(std::string& line, std::string_view text, std::size_t limit);

/// The process' logger. Usable at any time; main starts and stops it.
logger& log() noexcept;

/// `info`, …
std::string_view to_string(config::log_level level) noexcept;

}  // namespace tributary::actors::telemetry
