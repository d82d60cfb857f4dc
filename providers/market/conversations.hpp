// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/asset_sheet.hpp"
#include "providers/market/provider.hpp"
#include "providers/market/quote_sheet.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// What conversations with several providers have in common.
namespace tributary::providers::market {

/// Asks once for all its symbols.
class one_call_conversation : public quotes_conversation {
 public:
  std::optional<wire_request> next() final;
  std::optional<failure> take(const wire_answer& answer) final;
  quotes_result finish(const failure& otherwise) final;
  bool asks_for(std::string_view symbol) const noexcept final { return sheet_.asks_for(symbol); }

 protected:
  explicit one_call_conversation(std::vector<symbol> asked) : sheet_(std::move(asked)) {}

  virtual wire_request request() const = 0;
  virtual quotes_result read(const wire_answer& answer) const = 0;

 private:
  quote_sheet sheet_;
  bool answered_ = false;
};

/// Asks for a list page by page. The first page that fails fails all of it.
class list_conversation : public assets_conversation {
 public:
  std::optional<wire_request> next() final;
  std::optional<failure> take(const wire_answer& answer) final;
  assets_result finish() final;

  /// True when `finish` gave the list.
  bool succeeded() const noexcept { return succeeded_; }

 protected:
  explicit list_conversation(asset_class kind) noexcept : sheet_(kind) {}

  /// Of the page to ask for; nothing after the last.
  virtual std::optional<wire_request> request() const = 0;
  /// Reads the page asked for and goes on to the next.
  virtual assets_result read(const wire_answer& answer) = 0;

 private:
  asset_sheet sheet_;
  std::optional<failure> error_;
  bool succeeded_ = false;
};

/// A list that is one answer.
class one_page_list final : public list_conversation {
 public:
  using reader = assets_result (*)(const wire_answer& answer, std::string_view key);

  /// @param key what details must not hold; must outlive the conversation
  one_page_list(asset_class kind, wire_request page, reader read_page, std::string_view key = {});

 private:
  std::optional<wire_request> request() const override { return page_; }
  assets_result read(const wire_answer& answer) override;

  std::optional<wire_request> page_;
  reader read_page_;
  std::string_view key_;
};

/// A failure of a list: what would be said of a symbol says here that the answer is not the list.
failure failure_of_list(failure why);

}  // namespace tributary::providers::market
