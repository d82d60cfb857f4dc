// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary::providers::market {

/// A ticker whose id is settled, whatever ranks say.
struct pinned_id {
  std::string_view ticker;  ///< in upper case
  std::string_view id;
};

/// A coin as a provider lists it.
struct listed_coin {
  std::string_view ticker;  ///< letters in any case
  std::string_view id;
  std::optional<std::uint32_t> rank;  ///< by market cap, 1 is the largest
};

/// Answers which coin a ticker means, since many coins share one: the pinned id, else the coin with
/// the lowest rank; coins without a rank come last, and among them the one learned first. Learn it
/// anew with each refresh of the list, so that coins that are gone do not stay.
class id_book {
 public:
  /// Coins beyond this many are not learned.
  static constexpr std::size_t max_tickers = 100'000;

  /// @param pins must live as long as the book; a table in static storage
  explicit id_book(std::span<const pinned_id> pins);

  /// A coin that is listed with a rank or in the order of market cap.
  void learn(const listed_coin& coin);

  /// The coin's id, unless none is known. @param ticker letters in any case
  std::optional<std::string_view> id_of(std::string_view ticker) const;

  /// Tickers known, pinned ones included.
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::string id;
    std::uint32_t rank;
    bool pinned;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, entry, text_hash, std::equal_to<>> entries_;
};

}  // namespace tributary::providers::market
