// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/types.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Market-data providers as the rest of the program sees them: all alike. What makes them different
/// is in their folders. Nothing here does I/O, reads a clock or takes a lock.
namespace tributary::providers::market {

using system_time = std::chrono::system_clock::time_point;

/// A piece of work with a provider, one request at a time: send what `next` gives, hand what came
/// to `take`, until `next` gives nothing. One thread at a time; may be moved between threads.
class conversation {
 public:
  virtual ~conversation() = default;

  /// The request to send now; nothing when all is said. Targets begin with the provider's own path
  /// (`/v7/finance/quote`); what the configuration puts before it is for the caller.
  virtual std::optional<wire_request> next() = 0;

  /// What came back; a status of 0 where nothing did. @returns why the provider served nothing at
  /// all, which is something to know of the provider and not of one symbol: `rate_limited`, `auth`
  /// (the key is refused), `not_entitled`, `bad_request`, `unavailable`, `malformed`. What the
  /// conversation can mend by itself (a stale crumb) is not told.
  virtual std::optional<failure> take(const wire_answer& answer) = 0;
};

/// Asks for quotes.
class quotes_conversation : public conversation {
 public:
  /// What came of it, once. Symbols of which nothing is known yet get `otherwise`, for a
  /// conversation that was broken off. Each symbol asked for is in exactly one of the two lists of
  /// the result, errors with their symbol set.
  virtual quotes_result finish(const failure& otherwise) = 0;

  /// True for the symbols (as asked for) that it asks for; until `finish`.
  virtual bool asks_for(std::string_view symbol) const noexcept = 0;
};

/// Asks for a list of assets, in as many pages as it takes. Pages are long, so `take` may be called
/// in a thread of its own while the provider is in use in another: it touches nothing that they
/// share. `next` and `finish` are called where the provider is used.
class assets_conversation : public conversation {
 public:
  /// The whole list, once `next` gives nothing, or why there is none. A list that lacks pages is
  /// none. Never an empty list without an error.
  virtual assets_result finish() = 0;
};

/// A setting that one provider has beside those of all, under `market.providers.NAME` in the
/// configuration. On any other provider it is refused.
struct own_setting {
  std::string_view name;  ///< `tier`
  /// Which it may be, the first by default. Empty: `true` or `false`, and `false` by default.
  std::span<const std::string_view> words;
  std::string_view meaning;  ///< a sentence for the page of all keys
};

/// What the configuration says of a provider, beside where it is.
struct access {
  std::string key;                                           ///< empty: none
  std::map<std::string, std::string, std::less<>> own = {};  ///< its own settings that are given

  /// True where the setting of this name is given as `word`.
  bool says(std::string_view name, std::string_view word) const {
    const auto found = own.find(name);
    return found != own.end() && found->second == word;
  }
};

/// One provider. Used by one thread at a time; keeps what conversations share (a session, which
/// ids tickers mean) and outlives them.
class provider {
 public:
  virtual ~provider() = default;

  /// `yfinance` …; a literal.
  virtual std::string_view source() const noexcept = 0;

  /// What every target begins with, to be left out where the configured URL ends in it already.
  virtual std::string_view base_path() const noexcept { return {}; }

  /// False where it must not even be asked.
  virtual bool supports(const symbol& what) const noexcept = 0;

  /// Conversations that together ask for all of `symbols`, which are supported, each for as many as
  /// one call takes. A symbol that is given twice is asked for once.
  std::vector<std::unique_ptr<quotes_conversation>> ask(std::vector<symbol> symbols);

  /// How long to make no further call to the provider after `answer`, one that is good and says
  /// that it was the last one for a time; nothing where it says no such thing. To be asked of every
  /// answer, of lists too; it is no failure.
  virtual std::optional<std::chrono::milliseconds> pause_after(const wire_answer& answer) const {
    static_cast<void>(answer);
    return {};
  }

  /// Conversations that may go on at the same time now.
  virtual std::size_t parallel() const noexcept { return 4; }

  /// True where `list` gives something.
  virtual bool lists(asset_class kind) const noexcept = 0;

  /// A conversation for all assets of a class that can be traded today; of stocks, funds traded
  /// like them too.
  virtual std::unique_ptr<assets_conversation> list(asset_class kind) const = 0;

  /// Takes over what a list taught, such as which coin a ticker means; after `finish`.
  virtual void learn(assets_conversation& ended) { static_cast<void>(ended); }

 private:
  /// As `ask`, for symbols each of which is given once.
  virtual std::vector<std::unique_ptr<quotes_conversation>> ask_once(
      std::vector<symbol> symbols) = 0;
};

/// How to make a provider.
struct registration {
  std::string_view source;
  bool needs_key;
  std::unique_ptr<provider> (*make)(const access& with);
  std::span<const own_setting> own = {};  ///< declared in the provider's folder
};

/// All providers that are built in; one line each in registry.cpp.
std::span<const registration> registrations() noexcept;

/// Nothing for a name that is not among them.
const registration* find_registration(std::string_view source) noexcept;

}  // namespace tributary::providers::market
