// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/metric_table.hpp"
#include "actors/telemetry/shards.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::telemetry {

class registry;

/// Name and value of a label. Values come from the configuration or from fixed lists only, never
/// from a request, so that the number of series is bounded.
struct label {
  std::string_view name;
  std::string_view value;
};
using label_list = std::initializer_list<label>;

/// A number that only grows. A plain handle: copy it freely; the registry must outlive it. Made by
/// default it counts nothing, for what is not configured and for tests. Any thread.
class counter {
 public:
  counter() = default;
  void add(std::uint64_t n = 1) const noexcept {
    if (cells_) shards::mine(cells_).fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return cells_ ? shards::sum(cells_) : 0; }

 private:
  friend class registry;
  explicit counter(shards::cell* cells) : cells_(cells) {}
  shards::cell* cells_ = nullptr;
};

/// A number that many threads raise and lower, such as requests in flight: add(1), later add(-1),
/// from any thread. Otherwise as `counter`.
class level {
 public:
  level() = default;
  void add(std::int64_t n) const noexcept {
    if (cells_) {
      shards::mine(cells_).fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
    }
  }
  std::int64_t value() const noexcept {
    return cells_ ? static_cast<std::int64_t>(shards::sum(cells_)) : 0;
  }

 private:
  friend class registry;
  explicit level(shards::cell* cells) : cells_(cells) {}
  shards::cell* cells_ = nullptr;
};

/// A number that is set as a whole. Otherwise as `counter`.
class gauge {
 public:
  gauge() = default;
  void set(double value) const noexcept {
    if (value_) value_->store(value, std::memory_order_relaxed);
  }
  double value() const noexcept { return value_ ? value_->load(std::memory_order_relaxed) : 0; }

 private:
  friend class registry;
  explicit gauge(std::atomic<double>* value) : value_(value) {}
  std::atomic<double>* value_ = nullptr;
};

/// Durations counted in fixed buckets. Otherwise as `counter`.
class histogram {
 public:
  histogram() = default;
  /// Counts one duration; a negative one counts as zero.
  void observe(std::chrono::nanoseconds duration) const noexcept {
    if (!cells_) return;
    const std::int64_t value = duration.count() < 0 ? 0 : duration.count();
    std::size_t bucket = 0;
    while (bucket != bounds_.size() && value > bounds_[bucket]) ++bucket;
    shards::mine(cells_ + bucket).fetch_add(1, std::memory_order_relaxed);
    shards::mine(cells_ + bounds_.size() + 1)
        .fetch_add(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }
  void observe(double seconds) const noexcept {
    observe(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
  }
  std::uint64_t count() const noexcept;
  std::chrono::nanoseconds sum() const noexcept;

 private:
  friend class registry;
  histogram(shards::cell* cells, std::span<const std::int64_t> bounds)
      : cells_(cells), bounds_(bounds) {}
  shards::cell* cells_ = nullptr;         ///< one per bucket, one for +Inf, then the sum
  std::span<const std::int64_t> bounds_;  ///< upper bounds, inclusive, nanoseconds
};

/// In which of the two formats that Prometheus reads metrics are written.
enum class exposition : std::uint8_t {
  text,         ///< its own, 0.0.4
  openmetrics,  ///< OpenMetrics 1.0
};

/// Upper bounds of the buckets, inclusive; ascending.
using bucket_bounds = std::span<const std::chrono::nanoseconds>;

/// All metrics of a process (or of a test), and their text for Prometheus.
///
/// Registering takes a lock and belongs to start-up; the same name and labels give the same series
/// again. Counting through a handle takes none. Kind and help come from the table of metrics. A
/// metric that is registered as another kind, or with a label that its row does not name, is a
/// defect of the caller: std::logic_error. So is a row that breaks Prometheus' rules.
class registry {
 public:
  /// Called once per series with its labels and its value at this moment.
  using visitor = std::function<void(label_list, double)>;

  registry();
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  counter make_counter(metric_name name, label_list labels = {});
  level make_level(metric_name name, label_list labels = {});
  gauge make_gauge(metric_name name, label_list labels = {});
  histogram make_histogram(metric_name name, bucket_bounds bounds, label_list labels = {});
  /// One value, of a counter or gauge, read while rendering by the thread that renders.
  void make_callback(metric_name name, std::function<double()> read, label_list labels = {});
  /// All series of a counter or gauge, listed while rendering by the thread that renders.
  void make_collector(metric_name name, std::function<void(const visitor&)> collect);

  /// Everything there is, of the moment. Any thread. Metrics without a series are left out.
  ///
  /// OpenMetrics calls a counter by its name without `_total`. Where another metric has that name,
  /// it is told as of unknown type, under its whole name.
  std::string render(exposition format = exposition::text) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The text as the value of a label: backslash, quote and line feed escaped.
std::string escape_label_value(std::string_view text);

}  // namespace tributary::actors::telemetry
