// SPDX-License-Identifier: MIT
#include "actors/market/asset_table.hpp"

#include "actors/cache/entity_tag.hpp"
#include "http/wire/byte_slice.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/utc_time.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

namespace tributary::actors::market {

using http::wire::byte_slice;
using http::wire::shared_bytes;

namespace {

/// A row of some list under its unified symbol.
struct candidate {
  std::string symbol;
  const pm::asset* row;
};

/// In the order of symbols; of one symbol in the order of the lists.
std::vector<candidate> sorted_candidates(pm::asset_class kind, std::span<const asset_list> lists) {
  std::vector<candidate> result;
  result.reserve(std::accumulate(
      lists.begin(), lists.end(), std::size_t{0},
      [](std::size_t sum, const asset_list& each) { return sum + each.rows->size(); }));
  for (const auto& list : lists) {
    for (const auto& row : *list.rows) {
      auto parsed = pm::parse_symbol(row.symbol);
      if (parsed && parsed->kind == kind) result.push_back({std::move(parsed->text), &row});
    }
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const auto& a, const auto& b) { return a.symbol < b.symbol; });
  return result;
}

/// The texts of one asset as they are served.
struct merged_row {
  std::string_view symbol;
  std::string_view name;
  std::string_view type;
  std::string_view exchange;
  std::string_view currency;

  void fill_from(const pm::asset& row) noexcept {
    const auto fill = [](std::string_view& empty, std::string_view with) {
      if (empty.empty()) empty = with;
    };
    fill(name, row.name);
    fill(type, row.type);
    fill(exchange, row.exchange);
    fill(currency, row.currency);
  }
};

void append_text_or_null(std::string& out, std::string_view name, std::string_view text) {
  out += name;
  if (text.empty()) {
    out += "null";
  } else {
    http::wire::append_json_string(out, text);
  }
}

void append_row_json(std::string& out, const merged_row& row) {
  append_text_or_null(out, R"({"symbol":)", row.symbol);
  append_text_or_null(out, R"(,"name":)", row.name);
  append_text_or_null(out, R"(,"type":)", row.type);
  append_text_or_null(out, R"(,"exchange":)", row.exchange);
  append_text_or_null(out, R"(,"currency":)", row.currency);
  out += '}';
}

/// The folded name, in which a zero byte ends and so may not stand.
void append_search_name(std::string& out, std::string_view name) {
  auto folded = fold_case(name);
  std::replace(folded.begin(), folded.end(), '\0', ' ');
  out += folded;
  out += '\0';
}

std::uint32_t end_of(const std::string& text) noexcept {
  return static_cast<std::uint32_t>(text.size());
}

std::string hash_of(std::string_view content, std::string_view as_of) {
  const std::array<byte_slice, 2> both{byte_slice::literal(content), byte_slice::literal(as_of)};
  const auto tag = cache::strong_etag(both);
  return tag.substr(1, tag.size() - 2);
}

/// Collects the rows of a page, of all that match, in order.
class page_filler {
 public:
  page_filler(const asset_table& table, std::size_t begin, std::size_t limit,
              asset_table::page& into) noexcept
      : table_(table), begin_(begin), limit_(limit), page_(into) {}

  /// Rows from `first` up to `last` match.
  void add(std::size_t first, std::size_t last) {
    if (first >= last) return;
    page_.total += last - first;
    first = std::max(first, begin_);
    if (first >= last) return;
    const auto taken = std::min(last - first, limit_ - page_.count);
    if (taken != 0) take(first, first + taken);
    if (taken < last - first) more_ = true;
  }

  void finish() {
    if (more_ && page_.count != 0) page_.next = table_.symbol(page_.rows.back().last - 1);
  }

 private:
  void take(std::size_t first, std::size_t last) {
    page_.count += last - first;
    if (!page_.rows.empty() && page_.rows.back().last == first) {
      page_.rows.back().last = last;
    } else {
      page_.rows.push_back({first, last});
    }
  }

  const asset_table& table_;
  std::size_t begin_;
  std::size_t limit_;
  asset_table::page& page_;
  bool more_ = false;
};

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result{text};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = http::wire::to_lower(result[i]);
    // U+00C0–U+00DE are C3 80 – C3 9E, their small letters 0x20 further on; 0x97 is the sign ×.
    if (result[i] != '\xc3' || i + 1 == result.size()) continue;
    const auto next = static_cast<unsigned char>(result[++i]);
    if (next >= 0x80 && next <= 0x9e && next != 0x97) result[i] = static_cast<char>(next + 0x20);
  }
  return result;
}

/// Appends rows to a table that is being made.
struct asset_table::row_sink {
  asset_table& table;
  std::string json;

  void add(const merged_row& row) {
    if (!json.empty()) json += ',';
    append_row_json(json, row);
    table.json_ends_.push_back(end_of(json));
    table.symbols_ += row.symbol;
    table.symbol_ends_.push_back(end_of(table.symbols_));
    append_search_name(table.names_, row.name);
    table.name_ends_.push_back(end_of(table.names_));
  }
};

std::shared_ptr<const asset_table> asset_table::merge(pm::asset_class kind,
                                                      std::span<const asset_list> lists) {
  const auto rows = sorted_candidates(kind, lists);
  if (rows.empty()) return nullptr;
  std::shared_ptr<asset_table> table{new asset_table};
  row_sink sink{*table, {}};
  sink.json.reserve(rows.size() * 128);
  for (auto at = rows.begin(); at != rows.end();) {
    merged_row row{.symbol = at->symbol, .name = {}, .type = {}, .exchange = {}, .currency = {}};
    const auto first = at;
    for (; at != rows.end() && at->symbol == first->symbol; ++at) row.fill_from(*at->row);
    sink.add(row);
  }
  auto oldest = system_time::max();
  for (const auto& list : lists) {
    if (!list.rows->empty()) oldest = std::min(oldest, list.fetched);
  }
  table->kind_ = kind;
  table->as_of_ = std::chrono::floor<std::chrono::seconds>(oldest);
  table->as_of_text_ = http::wire::utc_time(oldest);
  table->json_ = shared_bytes{sink.json};
  table->fingerprint_ = hash_of(table->json_.view(), table->as_of_text_);
  table->symbols_.shrink_to_fit();
  table->names_.shrink_to_fit();
  return table;
}

std::string_view asset_table::symbol(std::size_t row) const noexcept {
  const std::size_t begin = row == 0 ? 0 : symbol_ends_[row - 1];
  return std::string_view{symbols_}.substr(begin, symbol_ends_[row] - begin);
}

std::string_view asset_table::json_rows(std::size_t first, std::size_t last) const noexcept {
  if (first >= last) return {};
  const std::size_t begin = first == 0 ? 0 : json_ends_[first - 1] + 1;
  return json_.view().substr(begin, json_ends_[last - 1] - begin);
}

std::size_t asset_table::row_after(std::string_view after) const noexcept {
  std::size_t low = 0;
  auto high = size();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (symbol(middle) <= after) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

asset_table::run asset_table::with_prefix(std::string_view prefix) const {
  const auto first_not = [&](auto&& comes_before) {
    std::size_t low = 0;
    auto high = size();
    while (low < high) {
      const auto middle = low + (high - low) / 2;
      if (comes_before(symbol(middle).substr(0, prefix.size()))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  return {first_not([&](std::string_view head) { return head < prefix; }),
          first_not([&](std::string_view head) { return head <= prefix; })};
}

asset_table::page asset_table::find(std::string_view query, std::string_view after,
                                    std::size_t limit) const {
  page result;
  page_filler filler{*this, after.empty() ? 0 : row_after(after), limit, result};
  if (query.empty()) {
    filler.add(0, size());
    filler.finish();
    return result;
  }
  const auto wanted = fold_case(query);
  std::string prefix{query};
  std::ranges::transform(prefix, prefix.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const auto symbols = with_prefix(prefix);
  const auto search = [&](std::size_t row, std::size_t last) {
    while (row < last) {
      const std::size_t begin = row == 0 ? 0 : name_ends_[row - 1];
      const auto* hit = static_cast<const char*>(::memmem(
          names_.data() + begin, name_ends_[last - 1] - begin, wanted.data(), wanted.size()));
      if (hit == nullptr) return;
      const auto at = static_cast<std::uint32_t>(hit - names_.data());
      row = static_cast<std::size_t>(
          std::upper_bound(name_ends_.begin() + static_cast<std::ptrdiff_t>(row), name_ends_.end(),
                           at) -
          name_ends_.begin());
      filler.add(row, row + 1);
      ++row;
    }
  };
  search(0, symbols.first);
  filler.add(symbols.first, symbols.last);
  search(symbols.last, size());
  filler.finish();
  return result;
}

}  // namespace tributary::actors::market
