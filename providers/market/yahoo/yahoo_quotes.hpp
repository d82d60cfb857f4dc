// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/provider.hpp"
#include "providers/market/quote_sheet.hpp"
#include "providers/market/yahoo/handshake.hpp"
#include "providers/market/yahoo/session_keeper.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tributary::providers::market::yahoo {

/// At most `max_per_quote` symbols, by the first way that is open: v7 quotes with a session, for
/// which it shakes hands where there is none; else spark, and chart for some of what spark lacks.
///
///     opening -> handshake -> quotes -> done
///        ^                      | refused once
///        +----------------------+
///     any of these, without a session or v7 -> spark -> chart -> done
class yahoo_quotes final : public quotes_conversation {
 public:
  /// Calls of chart, each for one symbol that spark said nothing of.
  static constexpr std::size_t most_charts = 5;

  /// @param keeper must outlive the conversation
  yahoo_quotes(std::vector<symbol> asked, session_keeper& keeper);

  std::optional<wire_request> next() override;
  std::optional<failure> take(const wire_answer& answer) override;
  quotes_result finish(const failure& otherwise) override { return sheet_.finish(otherwise); }
  bool asks_for(std::string_view symbol) const noexcept override { return sheet_.asks_for(symbol); }

 private:
  enum class stage : std::uint8_t { opening, handshake, quotes, spark, chart, done };

  void open();
  std::span<const symbol> spark_chunk() const noexcept;
  std::optional<failure> take_handshake(const wire_answer& answer);
  std::optional<failure> take_quotes(const wire_answer& answer);
  void refuse_session();
  std::optional<failure> take_spark(const wire_answer& answer);
  std::optional<failure> begin_charts();
  std::optional<failure> take_chart(const wire_answer& answer);
  std::optional<failure> conclude();
  std::optional<failure> end(failure why);

  session_keeper& keeper_;
  quote_sheet sheet_;
  stage stage_ = stage::opening;
  handshake handshake_;
  session session_;       ///< what quotes were asked with
  bool refused_ = false;  ///< a session was
  spark_version version_ = spark_version::v7;
  std::size_t spark_at_ = 0;  ///< the first symbol of the chunk
  std::vector<symbol> charts_;
  std::size_t chart_at_ = 0;
  bool served_ = false;            ///< spark or chart said something of symbols
  std::optional<failure> failed_;  ///< the last failure of spark and chart
};

}  // namespace tributary::providers::market::yahoo
