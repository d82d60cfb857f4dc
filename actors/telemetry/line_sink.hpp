// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/logging.hpp"

// thread_pool.h does not compile alone.
#include <spdlog/async_logger.h>

#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace tributary::actors::telemetry {

/// Where spdlog's thread puts finished lines. Counts what became of them.
class line_sink : public spdlog::sinks::sink {
 public:
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  /// The last call of the thread: writes what is held back.
  virtual void finish() {}
  /// From any thread: `finish` comes soon, and waits may not last.
  virtual void hurry() {}

  std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }
  void add_lost(std::uint64_t lines) noexcept;

  /// Waits until `finished()` holds; asked again after each writing. False when it took too long.
  /// `finished` gets the number of lines written or lost here.
  bool wait(std::chrono::milliseconds limit, const std::function<bool(std::uint64_t)>& finished);

 protected:
  void add_written(std::uint64_t lines) noexcept;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t settled_ = 0;  ///< written or lost; under the mutex
  std::atomic<std::uint64_t> lost_{0};
};

/// Hands each line to a function.
class function_sink final : public line_sink {
 public:
  explicit function_sink(line_writer writer) : writer_(std::move(writer)) {}
  void log(const spdlog::details::log_msg& line) override;

 private:
  line_writer writer_;
};

/// Writes to a file descriptor, several lines with one system call when they come fast.
class descriptor_sink final : public line_sink {
 public:
  /// Once told to hurry, lines that the descriptor does not take within `patience` are lost.
  explicit descriptor_sink(int descriptor,
                           std::chrono::milliseconds patience = std::chrono::seconds(1))
      : descriptor_(descriptor), patience_(patience) {}

  /// Whose queue tells whether more lines wait. Before the first line.
  void watch(spdlog::details::thread_pool& pool) noexcept {
    pool_.store(&pool, std::memory_order_release);
  }
  void log(const spdlog::details::log_msg& line) override;
  void finish() override { write_all(); }
  void hurry() override;

 private:
  bool more_is_coming();
  void write_all();
  std::size_t write_some(std::string_view text);
  bool wait_writable() const;

  const int descriptor_;
  const std::chrono::nanoseconds patience_;
  std::atomic<spdlog::details::thread_pool*> pool_{nullptr};
  std::atomic<std::int64_t> give_up_at_{0};  ///< steady clock, ns; 0: never
  bool lingered_ = false;                    ///< for what is held now
  std::string held_;
};

}  // namespace tributary::actors::telemetry
