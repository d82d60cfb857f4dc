// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/yahoo_assets.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/conversations.hpp"

#include <array>
#include <utility>

namespace tributary::providers::market::yahoo {

namespace {

/// Rows of a page; screeners give no more than 250.
constexpr std::size_t rows_of_screener = 250;
constexpr std::size_t rows_of_lookup = 100;
/// Pages of one step. Yahoo shuts out who asks some forty times in as many minutes.
constexpr std::size_t most_pages = 2;

/// Screeners that Yahoo keeps, of stocks of the United States; then shares and funds traded like
/// them by letters that most names have. Lookups are in the order of how much is looked for.
constexpr std::array<list_step, 10> stock_steps{{{"", "most_actives"},
                                                 {"", "undervalued_large_caps"},
                                                 {"", "growth_technology_stocks"},
                                                 {"", "day_gainers"},
                                                 {"", "day_losers"},
                                                 {"", "small_cap_gainers"},
                                                 {"equity", "a"},
                                                 {"equity", "e"},
                                                 {"etf", "fund"},
                                                 {"etf", "etf"}}};

/// Pairs with one of the currencies that most trade is in.
constexpr std::array<list_step, 4> forex_steps{
    {{"currency", "USD"}, {"currency", "EUR"}, {"currency", "GBP"}, {"currency", "JPY"}}};

std::span<const list_step> steps_of(asset_class kind) noexcept {
  switch (kind) {
    case asset_class::stock:
      return stock_steps;
    case asset_class::forex:
      return forex_steps;
    case asset_class::crypto:
      // Tickers that clash carry another provider's ids here: `UNI-USD` is not the coin meant.
      break;
  }
  return {};
}

/// Of stocks, what is traded at an exchange; types that Yahoo invents later are not.
void drop_untraded(asset_class kind, std::vector<asset>& rows) {
  if (kind != asset_class::stock) return;
  std::erase_if(rows, [](const asset& row) { return row.type != "stock" && row.type != "etf"; });
}

}  // namespace

bool has_list(asset_class kind) noexcept { return !steps_of(kind).empty(); }

yahoo_assets::yahoo_assets(asset_class kind, session_keeper& keeper)
    : keeper_(keeper), kind_(kind), sheet_(kind), left_(steps_of(kind)) {}

bool yahoo_assets::needs_session() const noexcept { return left_.front().type.empty(); }

void yahoo_assets::tell_keeper() {
  if (!news_) return;
  keeper_.see(news_->received);
  if (news_->refused) keeper_.drop(*news_->refused);
  if (news_->got) keeper_.keep(*std::move(news_->got));
  if (news_->gave_up) keeper_.give_up();
  news_.reset();
}

std::optional<wire_request> yahoo_assets::next() {
  tell_keeper();
  if (error_ || left_.empty()) return {};
  const auto& step = left_.front();
  if (!needs_session()) {
    return lookup_request(step.query, step.type, start_, rows_of_lookup);
  }
  if (const auto* const held = keeper_.current()) {
    session_ = *held;
    shaking_ = false;
    return screener_request(step.query, start_, rows_of_screener, *session_);
  }
  if (!shaking_ && !keeper_.may_begin()) {
    error_ = failed(error_kind::unavailable, "no session: there was none a short while ago");
    return {};
  }
  shaking_ = true;
  return handshake_.next();
}

std::optional<failure> yahoo_assets::take(const wire_answer& answer) {
  news_ = news{answer.received, {}, {}};
  if (error_ || left_.empty()) return {};
  if (answer.status == 0) return end(failed(error_kind::unavailable, "no answer"));
  return shaking_ ? take_handshake(answer) : take_page(answer);
}

std::optional<failure> yahoo_assets::take_handshake(const wire_answer& answer) {
  auto came = handshake_.take(answer);
  if (!came) return {};
  shaking_ = false;
  if (auto* const got = std::get_if<session>(&*came)) {
    news_->got = std::move(*got);
    return {};
  }
  news_->gave_up = true;
  error_ = std::move(std::get<failure>(*came));
  return error_->kind == error_kind::rate_limited ? error_ : std::nullopt;
}

std::optional<failure> yahoo_assets::take_page(const wire_answer& answer) {
  auto page = needs_session() ? read_screener(answer) : read_lookup(answer);
  if (page.error) {
    auto& why = *page.error;
    // A path that is gone has a 404 without a document.
    const bool gone = answer.status == 404 && why.kind == error_kind::unavailable;
    if (gone || why.kind == error_kind::not_found || why.kind == error_kind::bad_request) {
      return give_up_step(std::move(why));
    }
    return take_refusal(std::move(why));
  }
  served_ = true;
  start_ += needs_session() ? rows_of_screener : rows_of_lookup;
  drop_untraded(kind_, page.assets);
  sheet_.add(std::move(page.assets));
  if (page.last || ++page_ >= most_pages) next_step();
  return {};
}

/// A screener that is given up one day must not take the list along. All of them do.
std::optional<failure> yahoo_assets::give_up_step(failure why) {
  next_step();
  if (!left_.empty() || served_) return {};
  return end(std::move(why));
}

std::optional<failure> yahoo_assets::take_refusal(failure why) {
  if (why.kind != error_kind::auth) return end(std::move(why));
  // What is asked for without a session says nothing of one.
  if (needs_session()) {
    news_->refused = session_;
    if (!std::exchange(refused_, true)) {
      handshake_ = {};
      return {};
    }
    news_->gave_up = true;
  }
  error_ = std::move(why);
  return {};
}

void yahoo_assets::next_step() noexcept {
  left_ = left_.subspan(1);
  page_ = 0;
  start_ = 0;
}

std::optional<failure> yahoo_assets::end(failure why) {
  error_ = failure_of_list(std::move(why));
  return error_;
}

assets_result yahoo_assets::finish() {
  assets_result result;
  if (!error_ && left_.empty()) return sheet_.finish();
  result.error = error_ ? *error_ : failed(error_kind::unavailable, "the list was broken off");
  return result;
}

}  // namespace tributary::providers::market::yahoo
