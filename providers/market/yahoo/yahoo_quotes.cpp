// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/yahoo_quotes.hpp"

#include "providers/market/answer.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tributary::providers::market::yahoo {

yahoo_quotes::yahoo_quotes(std::vector<symbol> asked, session_keeper& keeper)
    : keeper_(keeper), sheet_(std::move(asked)) {}

std::optional<wire_request> yahoo_quotes::next() {
  if (stage_ == stage::opening || stage_ == stage::handshake) open();
  switch (stage_) {
    case stage::handshake:
      return handshake_.next();
    case stage::quotes:
      return quote_request(sheet_.asked(), session_);
    case stage::spark:
      return spark_request(spark_chunk(), version_);
    case stage::chart:
      return chart_request(charts_[chart_at_]);
    case stage::opening:
    case stage::done:
      break;
  }
  return {};
}

/// Decided at each request and not before: another conversation may have got a session by now.
void yahoo_quotes::open() {
  if (const auto* const held = keeper_.current()) {
    session_ = *held;
    stage_ = stage::quotes;
  } else if (stage_ == stage::opening) {
    stage_ = keeper_.may_begin() ? stage::handshake : stage::spark;
  }
}

std::optional<failure> yahoo_quotes::take(const wire_answer& answer) {
  keeper_.see(answer.received);
  // What does not answer has no other way either.
  if (answer.status == 0) return end(failed(error_kind::unavailable, "no answer"));
  switch (stage_) {
    case stage::handshake:
      return take_handshake(answer);
    case stage::quotes:
      return take_quotes(answer);
    case stage::spark:
      return take_spark(answer);
    case stage::chart:
      return take_chart(answer);
    case stage::opening:
    case stage::done:
      break;
  }
  return {};
}

std::optional<failure> yahoo_quotes::take_handshake(const wire_answer& answer) {
  auto came = handshake_.take(answer);
  if (!came) return {};
  if (auto* const got = std::get_if<session>(&*came)) {
    keeper_.keep(std::move(*got));
    return {};
  }
  keeper_.give_up();
  auto& why = std::get<failure>(*came);
  if (why.kind == error_kind::rate_limited) return end(std::move(why));
  stage_ = stage::spark;
  return {};
}

std::optional<failure> yahoo_quotes::take_quotes(const wire_answer& answer) {
  auto part = read_quotes(sheet_.asked(), answer);
  auto why = failure_of_all(part);
  if (!why) {
    sheet_.enter(std::move(part));
    stage_ = stage::done;
    return {};
  }
  switch (why->kind) {
    case error_kind::auth:
      refuse_session();
      return {};
    case error_kind::unavailable:
    case error_kind::malformed:
      stage_ = stage::spark;
      return {};
    default:
      return end(*std::move(why));
  }
}

void yahoo_quotes::refuse_session() {
  keeper_.drop(session_);
  handshake_ = {};
  stage_ = stage::opening;
  if (!std::exchange(refused_, true)) return;
  // A new one was refused too, and so would be those of others.
  keeper_.give_up();
  stage_ = stage::spark;
}

std::span<const symbol> yahoo_quotes::spark_chunk() const noexcept {
  const auto asked = sheet_.asked();
  return asked.subspan(spark_at_, std::min(max_per_spark, asked.size() - spark_at_));
}

std::optional<failure> yahoo_quotes::take_spark(const wire_answer& answer) {
  auto part = read_spark(spark_chunk(), answer);
  auto why = failure_of_all(part);
  if (why) {
    if (why->kind == error_kind::rate_limited) return end(*std::move(why));
    failed_ = std::move(why);
    if (std::exchange(version_, spark_version::v8) == spark_version::v7) return {};
    return begin_charts();
  }
  served_ = true;
  failed_.reset();
  sheet_.enter(std::move(part));
  spark_at_ += max_per_spark;
  return spark_at_ < sheet_.asked().size() ? std::nullopt : begin_charts();
}

std::optional<failure> yahoo_quotes::begin_charts() {
  charts_ = sheet_.without_quote(most_charts);
  stage_ = stage::chart;
  return charts_.empty() ? conclude() : std::nullopt;
}

std::optional<failure> yahoo_quotes::take_chart(const wire_answer& answer) {
  auto part = read_chart(charts_[chart_at_], answer);
  if (auto why = failure_of_all(part)) {
    if (why->kind == error_kind::rate_limited) return end(*std::move(why));
    failed_ = std::move(why);
    return conclude();
  }
  served_ = true;
  sheet_.enter(std::move(part));
  return ++chart_at_ < charts_.size() ? std::nullopt : conclude();
}

/// Those of which nothing is known have the last failure of the ways that were left.
std::optional<failure> yahoo_quotes::conclude() {
  stage_ = stage::done;
  if (!failed_) return {};
  sheet_.enter_rest(*failed_);
  return served_ ? std::nullopt : failed_;
}

std::optional<failure> yahoo_quotes::end(failure why) {
  stage_ = stage::done;
  sheet_.enter_rest(why);
  return why;
}

}  // namespace tributary::providers::market::yahoo
