// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace tributary::providers::market {

/// The symbols of a conversation and what has come of each. A symbol is known once there is a
/// quote or a failure of it.
class quote_sheet {
 public:
  /// @param asked each symbol once
  explicit quote_sheet(std::vector<symbol> asked);

  std::span<const symbol> asked() const noexcept { return asked_; }

  bool asks_for(std::string_view text) const noexcept;

  /// Takes over what one answer says. A failure never takes the place of a quote; one without a
  /// symbol is that of all that are not known.
  void enter(quotes_result part);

  /// Gives `why` to all that are not known.
  void enter_rest(const failure& why);

  /// Those without a quote, in the order asked for, at most `limit`.
  std::vector<symbol> without_quote(std::size_t limit) const;

  /// Each symbol once; those not known fail with `otherwise`. Leaves the sheet empty.
  quotes_result finish(const failure& otherwise);

 private:
  using outcome = std::variant<std::monostate, quote, failure>;

  outcome* find(std::string_view text) noexcept;

  std::vector<symbol> asked_;
  std::vector<outcome> came_;  ///< as many, in the same order
  std::size_t next_ = 0;
};

/// Why an answer served nothing, which is something to know of the provider: there is no quote in
/// it, and each error is of another kind than `not_found` and `no_data`. Without a symbol.
std::optional<failure> failure_of_all(const quotes_result& part);

}  // namespace tributary::providers::market
