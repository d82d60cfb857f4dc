// SPDX-License-Identifier: MIT
#include "actors/telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>
#include <stdexcept>

namespace tributary::actors::telemetry {

namespace shards {

std::uint32_t assign() noexcept {
  static std::atomic<std::uint32_t> next{0};
  of_this_thread = next.fetch_add(1, std::memory_order_relaxed) % count;
  return of_this_thread;
}

}  // namespace shards

namespace {

using shards::cell;

struct alignas(4096) chunk {
  std::array<cell, shards::count * shards::stride> cells{};
};

/// Hands out runs of cells; nothing is given back before the registry ends.
class cell_store {
 public:
  cell* take(std::size_t n) {
    if (n > shards::stride) throw std::logic_error("metric with too many buckets");
    if (chunks_.empty() || used_ + n > shards::stride) {
      chunks_.push_back(std::make_unique<chunk>());
      used_ = 0;
    }
    auto* first = chunks_.back()->cells.data() + used_;
    used_ += n;
    return first;
  }

 private:
  std::vector<std::unique_ptr<chunk>> chunks_;
  std::size_t used_ = 0;
};

struct series {
  std::string labels;  ///< `a="b",c="d"`, escaped
  cell* cells = nullptr;
  std::unique_ptr<std::atomic<double>> value;
  std::function<double()> read;
};

struct family {
  const metric* row;
  std::vector<std::int64_t> bounds;
  std::map<std::string, std::unique_ptr<series>> members;  ///< by their labels
  std::function<void(const registry::visitor&)> collect;
};

bool is_name(std::string_view text, bool colon_allowed) {
  const auto head = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (colon_allowed && c == ':');
  };
  if (text.empty() || !head(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return head(c) || (c >= '0' && c <= '9'); });
}

/// True when `word` is one of the words of `text`, which spaces separate.
bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (text.substr(0, end) == word) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

std::string escape(std::string_view text, bool quote) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c == '\\') {
      result += "\\\\";
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '"' && quote) {
      result += "\\\"";
    } else {
      result += c;
    }
  }
  return result;
}

std::string label_text(label_list labels) {
  std::string result;
  for (const auto& [name, value] : labels) {
    if (!is_name(name, false)) throw std::logic_error("not a label name: " + std::string(name));
    if (!result.empty()) result += ',';
    result.append(name).append("=\"").append(escape(value, true)) += '"';
  }
  return result;
}

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
  } else {
    append_number(out, value);
  }
}

/// `name_suffix{labels,extra} `, without braces when there are no labels.
void append_head(std::string& out, std::string_view name, std::string_view suffix,
                 std::string_view labels, std::string_view extra = {}) {
  out.append(name).append(suffix);
  if (!labels.empty() || !extra.empty()) {
    out.append("{").append(labels);
    if (!labels.empty() && !extra.empty()) out += ',';
    out.append(extra) += '}';
  }
  out += ' ';
}

/// A bucket's bound in seconds. OpenMetrics wants a point in it, and no exponent above 1e-4.
void append_bound(std::string& out, double value, exposition format) {
  if (format == exposition::text || value < 1e-4) return append_value(out, value);
  std::array<char, 32> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  const std::string_view number{text.data(), static_cast<std::size_t>(end - text.data())};
  out += number;
  if (number.find('.') == number.npos) out += ".0";
}

void append_histogram(std::string& out, const family& of, const series& one, exposition format) {
  std::uint64_t seen = 0;
  std::string le;
  for (std::size_t i = 0; i <= of.bounds.size(); ++i) {
    seen += shards::sum(one.cells + i);
    le = "le=\"";
    if (i == of.bounds.size()) {
      le += "+Inf";
    } else {
      append_bound(le, static_cast<double>(of.bounds[i]) / 1e9, format);
    }
    le += '"';
    append_head(out, of.row->name, "_bucket", one.labels, le);
    append_number(out, seen);
    out += '\n';
  }
  append_head(out, of.row->name, "_sum", one.labels);
  append_value(out, static_cast<double>(shards::sum(one.cells + of.bounds.size() + 1)) / 1e9);
  out += '\n';
  append_head(out, of.row->name, "_count", one.labels);
  append_number(out, seen);
  out += '\n';
}

void append_series(std::string& out, const family& of, const series& one, exposition format) {
  if (of.row->kind == metric_kind::histogram) return append_histogram(out, of, one, format);
  append_head(out, of.row->name, "", one.labels);
  if (one.read) {
    append_value(out, one.read());
  } else if (one.value) {
    append_value(out, one.value->load(std::memory_order_relaxed));
  } else if (of.row->kind == metric_kind::counter) {
    append_number(out, shards::sum(one.cells));
  } else {
    // The shards are not read at one moment: a lowering may be seen before its raising.
    append_number(out,
                  std::max<std::int64_t>(0, static_cast<std::int64_t>(shards::sum(one.cells))));
  }
  out += '\n';
}

constexpr std::string_view type_name(metric_kind type) {
  switch (type) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      break;
  }
  return "histogram";
}

/// Name and type as the lines above the series tell them.
struct told_family {
  std::string_view name;
  std::string_view type;
};

/// What rendering needs of a family, taken under the lock; series never move or end.
struct family_view {
  const family* source;
  told_family told;
  std::vector<const series*> members;
};

template <class Families>
told_family told_as(const metric& row, const Families& all, exposition format) {
  constexpr std::string_view suffix = "_total";
  if (format == exposition::text || row.kind != metric_kind::counter) {
    return {row.name, type_name(row.kind)};
  }
  const auto base = row.name.substr(0, row.name.size() - suffix.size());
  if (all.find(base) != all.end()) return {row.name, "unknown"};
  return {base, type_name(row.kind)};
}

void append_family(std::string& out, const family_view& view, exposition format) {
  const auto& of = *view.source;
  std::string lines;
  for (const auto* one : view.members) append_series(lines, of, *one, format);
  if (of.collect) {
    of.collect([&](label_list labels, double value) {
      append_head(lines, of.row->name, "", label_text(labels));
      append_value(lines, value);
      lines += '\n';
    });
  }
  if (lines.empty()) return;
  const auto& [name, type] = view.told;
  const auto quotes = format == exposition::openmetrics;
  out.append("# HELP ").append(name).append(" ").append(escape(of.row->help, quotes)) += '\n';
  out.append("# TYPE ").append(name).append(" ").append(type) += '\n';
  out += lines;
}

}  // namespace

std::uint64_t histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (std::size_t i = 0; cells_ && i <= bounds_.size(); ++i) total += shards::sum(cells_ + i);
  return total;
}

std::chrono::nanoseconds histogram::sum() const noexcept {
  if (!cells_) return {};
  return std::chrono::nanoseconds(shards::sum(cells_ + bounds_.size() + 1));
}

struct registry::impl {
  mutable std::mutex mutex;
  cell_store cells;
  std::map<std::string, family, std::less<>> families;

  /// The family of a row, which must be of this kind.
  family& family_of(metric_name which, metric_kind kind) {
    const auto& row = which.row();
    const auto found = families.find(row.name);
    if (row.kind != kind || (found != families.end() && found->second.row->kind != kind)) {
      throw std::logic_error("metric of two kinds: " + std::string(row.name));
    }
    if (found != families.end()) return found->second;
    if (!is_name(row.name, true)) {
      throw std::logic_error("not a metric name: " + std::string(row.name));
    }
    if ((kind == metric_kind::counter) != row.name.ends_with("_total")) {
      throw std::logic_error("counters, and only they, end in _total: " + std::string(row.name));
    }
    return families.emplace(row.name, family{&row, {}, {}, {}}).first->second;
  }

  /// The family of a row that is read while rendering.
  family& read_family_of(metric_name which) {
    if (which.row().kind == metric_kind::histogram) {
      throw std::logic_error("a histogram is not read: " + std::string(which.row().name));
    }
    return family_of(which, which.row().kind);
  }

  /// The series of these labels; with `cell_count` cells when it is made here.
  series& series_of(family& of, label_list labels, std::size_t cell_count) {
    for (const auto& each : labels) {
      if (!has_word(of.row->labels, each.name)) {
        throw std::logic_error(std::string(of.row->name) + " has no label " +
                               std::string(each.name));
      }
    }
    auto& slot = of.members[label_text(labels)];
    if (!slot) {
      slot = std::make_unique<series>();
      slot->labels = label_text(labels);
      if (cell_count) slot->cells = cells.take(cell_count);
    }
    return *slot;
  }
};

registry::registry() : impl_(std::make_unique<impl>()) {}
registry::~registry() = default;

counter registry::make_counter(metric_name name, label_list labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& of = impl_->family_of(name, metric_kind::counter);
  return counter(impl_->series_of(of, labels, 1).cells);
}

level registry::make_level(metric_name name, label_list labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& of = impl_->family_of(name, metric_kind::gauge);
  return level(impl_->series_of(of, labels, 1).cells);
}

gauge registry::make_gauge(metric_name name, label_list labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& made = impl_->series_of(impl_->family_of(name, metric_kind::gauge), labels, 0);
  if (!made.value) made.value = std::make_unique<std::atomic<double>>(0.0);
  return gauge(made.value.get());
}

histogram registry::make_histogram(metric_name name, bucket_bounds bounds, label_list labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& of = impl_->family_of(name, metric_kind::histogram);
  if (of.members.empty()) {
    for (const auto bound : bounds) of.bounds.push_back(bound.count());
  }
  if (of.bounds.size() != bounds.size() || !std::is_sorted(of.bounds.begin(), of.bounds.end())) {
    throw std::logic_error("histogram with other or unsorted buckets: " +
                           std::string(of.row->name));
  }
  return histogram(impl_->series_of(of, labels, of.bounds.size() + 2).cells, of.bounds);
}

void registry::make_callback(metric_name name, std::function<double()> read, label_list labels) {
  const std::lock_guard lock(impl_->mutex);
  impl_->series_of(impl_->read_family_of(name), labels, 0).read = std::move(read);
}

void registry::make_collector(metric_name name, std::function<void(const visitor&)> collect) {
  const std::lock_guard lock(impl_->mutex);
  impl_->read_family_of(name).collect = std::move(collect);
}

std::string registry::render(exposition format) const {
  std::vector<family_view> views;
  {
    // Only the lists are copied under the lock: a request that makes a series does not wait for
    // the text.
    const std::lock_guard lock(impl_->mutex);
    views.reserve(impl_->families.size());
    for (const auto& [name, of] : impl_->families) {
      auto& view =
          views.emplace_back(family_view{&of, told_as(*of.row, impl_->families, format), {}});
      for (const auto& [labels, one] : of.members) view.members.push_back(one.get());
    }
  }
  std::string result;
  result.reserve(16 * 1024);
  for (const auto& view : views) append_family(result, view, format);
  if (format == exposition::openmetrics) result += "# EOF\n";
  return result;
}

std::string escape_label_value(std::string_view text) { return escape(text, true); }

}  // namespace tributary::actors::telemetry
