// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/shared_bytes.hpp"
#include "providers/market/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Lists of assets as they are served. Pure.
namespace tributary::actors::market {

namespace pm = providers::market;
using system_time = std::chrono::system_clock::time_point;

/// A list of one class as one provider gave it.
struct asset_list {
  std::shared_ptr<const std::vector<pm::asset>> rows;  ///< not null
  system_time fetched;
};

/// True for a list of so few rows beside those that there were that it is rather a part of one:
/// less than half, of 20 at least.
constexpr bool looks_cut(std::size_t rows, std::size_t before) noexcept {
  constexpr std::size_t least = 20;
  return before >= least && rows < before / 2;
}

/// All assets of one class, in the byte order of their symbols, each once. Rendered when it is made
/// and never changed, so any thread may read it; never without rows.
class asset_table {
 public:
  /// Of `lists` that come first by symbol the first has the word; texts that it left empty come
  /// from later ones. Rows whose symbol is none, or of another class, are left out.
  /// @returns null when nothing is left
  static std::shared_ptr<const asset_table> merge(pm::asset_class kind,
                                                  std::span<const asset_list> lists);

  pm::asset_class kind() const noexcept { return kind_; }
  std::size_t size() const noexcept { return json_ends_.size(); }

  /// When the oldest list in it was fetched, rounded down to the second.
  system_time as_of() const noexcept { return as_of_; }
  const std::string& as_of_text() const noexcept { return as_of_text_; }

  /// Of the content and `as_of`: 32 hexadecimal digits, the same in all instances that have the
  /// same table. No entity tag yet: a page of the table needs the page in its tag.
  const std::string& fingerprint() const noexcept { return fingerprint_; }

  /// @param row below `size()`
  std::string_view symbol(std::size_t row) const noexcept;

  /// JSON objects `{"symbol":…,"name":…,"type":…,"exchange":…,"currency":…}` of the rows from
  /// `first` up to and without `last`, with commas between them: one stretch of `json()`.
  std::string_view json_rows(std::size_t first, std::size_t last) const noexcept;
  const http::wire::shared_bytes& json() const noexcept { return json_; }

  /// The first row whose symbol comes after `symbol`; `size()` when none does.
  std::size_t row_after(std::string_view symbol) const noexcept;

  /// Rows from `first` up to and without `last`.
  struct run {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  /// Some of the rows that match, in order.
  struct page {
    std::size_t total = 0;  ///< rows that match, on all pages
    std::vector<run> rows;  ///< of this one; none of them empty
    std::size_t count = 0;  ///< rows in these
    std::string_view next;  ///< symbol of the last row when others follow; else empty
  };

  /// Up to `limit` rows whose symbol comes after `after` (empty: from the first on) and that match
  /// `query`: their symbol begins with it or their name contains it, in any case. An empty query
  /// matches all. A search reads all names: about a millisecond for 30,000 rows.
  page find(std::string_view query, std::string_view after, std::size_t limit) const;

 private:
  struct row_sink;

  asset_table() = default;
  run with_prefix(std::string_view prefix) const;

  pm::asset_class kind_ = pm::asset_class::stock;
  system_time as_of_;
  std::string as_of_text_;
  std::string fingerprint_;
  http::wire::shared_bytes json_;         ///< rows, a comma after each but the last
  std::vector<std::uint32_t> json_ends_;  ///< of each row, without its comma
  std::string symbols_;
  std::vector<std::uint32_t> symbol_ends_;
  std::string names_;  ///< folded, a zero byte after each
  std::vector<std::uint32_t> name_ends_;
};

/// `text` with letters of ASCII and of Latin-1 (in UTF-8) in lower case: what searches compare.
std::string fold_case(std::string_view text);

}  // namespace tributary::actors::market
