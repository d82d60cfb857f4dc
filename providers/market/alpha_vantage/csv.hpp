// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::market::alpha_vantage {

/// Takes rows off CSV text (RFC 4180): fields may be quoted, with `""` for a quote; lines end with
/// LF, CRLF or the text. Empty lines are skipped.
class csv_reader {
 public:
  explicit csv_reader(std::string_view text);

  /// Reads the next row into `fields`, whose memory is used again. False at the end, and at a
  /// quoted field that does not end.
  bool next(std::vector<std::string>& fields);

  /// True when the text ended inside a quoted field.
  bool broken() const noexcept { return broken_; }

 private:
  void take_field(std::string& field);
  void take_quoted(std::string& field);

  std::string_view rest_;
  bool broken_ = false;
};

/// The index of the column of that name, compared without case.
std::optional<std::size_t> column_of(const std::vector<std::string>& header, std::string_view name);

}  // namespace tributary::providers::market::alpha_vantage
