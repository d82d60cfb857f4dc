// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/asset_sheet.hpp"
#include "providers/market/provider.hpp"
#include "providers/market/yahoo/handshake.hpp"
#include "providers/market/yahoo/session_keeper.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tributary::providers::market::yahoo {

/// A search whose finds are a part of the list.
struct list_step {
  std::string_view type;   ///< of a lookup: equity, etf, currency; empty: a screener
  std::string_view query;  ///< of a lookup; the name of a screener
};

/// True where `yahoo_assets` has something to ask.
bool has_list(asset_class kind) noexcept;

/// What screeners and lookups find, since there is no list of everything: the assets most looked
/// for, and never all. Shakes hands where there is no session and a screener is to be asked.
///
/// A refused session is not told of the provider, whose quotes have ways without one. What `take`
/// learns of sessions goes to the keeper with `next`, as only that is called where it is used.
class yahoo_assets final : public assets_conversation {
 public:
  /// @param keeper must outlive the conversation
  yahoo_assets(asset_class kind, session_keeper& keeper);

  std::optional<wire_request> next() override;
  std::optional<failure> take(const wire_answer& answer) override;
  assets_result finish() override;

 private:
  /// What an answer said of sessions.
  struct news {
    system_time received;
    std::optional<session> got;
    std::optional<session> refused;
    bool gave_up = false;
  };

  void tell_keeper();
  bool needs_session() const noexcept;
  std::optional<failure> take_handshake(const wire_answer& answer);
  std::optional<failure> take_page(const wire_answer& answer);
  std::optional<failure> give_up_step(failure why);
  std::optional<failure> take_refusal(failure why);
  std::optional<failure> end(failure why);
  void next_step() noexcept;

  session_keeper& keeper_;
  asset_class kind_;
  asset_sheet sheet_;
  std::span<const list_step> left_;  ///< the first is the one to ask now
  std::size_t page_ = 0;
  std::size_t start_ = 0;
  std::optional<session> session_;
  bool shaking_ = false;
  bool refused_ = false;  ///< a session was
  bool served_ = false;   ///< a page was read
  handshake handshake_;
  std::optional<news> news_;
  std::optional<failure> error_;
};

}  // namespace tributary::providers::market::yahoo
