// SPDX-License-Identifier: MIT
#include "providers/mock/market/universe.hpp"

#include "providers/mock/market/known.hpp"
#include "providers/mock/scramble.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::providers::mock::market {

namespace {

constexpr unsigned generated_stocks = 2000;
/// A step of a second, as a share of the price.
constexpr double stock_step = 1e-4;
constexpr double coin_step = 2e-4;
constexpr double currency_step = 2e-5;

/// From -1 to 1.
double spread(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-52 - 1; }

template <class Price>
quotation quotation_of(Price price_at, sys_seconds now) {
  using namespace std::chrono;
  const sys_seconds midnight = floor<days>(now);
  quotation result;
  result.price = price_at(now);
  result.open = price_at(midnight);
  result.previous_close = price_at(midnight - 1s);
  result.day_ago = price_at(now - 24h);
  result.high = std::max(result.price, result.open);
  result.low = std::min(result.price, result.open);
  for (auto at = midnight + 3h; at < now; at += 3h) {
    const auto then = price_at(at);
    result.high = std::max(result.high, then);
    result.low = std::min(result.low, then);
  }
  return result;
}

std::string generated_ticker(unsigned number) {
  auto digits = std::to_string(number);
  return 'T' + std::string(4 - digits.size(), '0') + digits;
}

}  // namespace

universe::universe(std::uint64_t seed) : seed_(seed) {
  for (const auto& each : known_stocks()) {
    stocks_.push_back(
        {std::string{each.ticker}, std::string{each.name}, each.exchange, each.kind, each.base});
  }
  for (unsigned i = 1; i <= generated_stocks; ++i) {
    const auto ticker = generated_ticker(i);
    stocks_.push_back({ticker, "Test Company " + ticker.substr(1) + " Inc",
                       i % 3 == 0 ? listing::nyse : listing::nasdaq, stock_kind::common,
                       5.0 + static_cast<double>(stream_of(ticker) % 50'000) / 100});
  }
  for (std::size_t i = 0; i < stocks_.size(); ++i) by_ticker_.emplace(stocks_[i].ticker, i);
}

const stock* universe::find_stock(std::string_view ticker) const {
  const auto found = by_ticker_.find(ticker);
  return found == by_ticker_.end() ? nullptr : &stocks_[found->second];
}

std::span<const coin> universe::coins() { return known_coins(); }

const coin* universe::find_coin(std::string_view ticker) {
  for (const auto& each : known_coins()) {
    if (each.ticker == ticker && each.rank <= last_major) return &each;
  }
  return nullptr;
}

std::span<const currency> universe::currencies() { return known_currencies(); }

const currency* universe::find_currency(std::string_view code) {
  for (const auto& each : known_currencies()) {
    if (each.code == code) return &each;
  }
  return nullptr;
}

std::uint64_t universe::stable_number(std::string_view name) const {
  return scramble(seed_, stream_of(name), 0);
}

double universe::walk(std::string_view name, double volatility, sys_seconds at) const {
  // Noise of ever slower octaves, each stronger by the root of two: that is how far a random walk
  // gets in twice the time.
  constexpr unsigned octaves = 17;
  const auto second = static_cast<std::uint64_t>(at.time_since_epoch().count());
  const auto stream = scramble(seed_, stream_of(name), 1);
  double sum = 0;
  double reach = volatility;
  for (unsigned octave = 0; octave < octaves; ++octave, reach *= 1.41421356237) {
    const auto index = second >> octave;
    const auto within = static_cast<double>(second - (index << octave)) /
                        static_cast<double>(std::uint64_t{1} << octave);
    const auto from = spread(scramble(stream, octave, index));
    const auto to = spread(scramble(stream, octave, index + 1));
    sum += reach * (from + (to - from) * within);
  }
  return std::exp(sum);
}

double universe::dollars(const coin& what, sys_seconds at) const {
  const bool stable = what.ticker.starts_with("USD") && what.rank <= last_major;
  return what.base * walk(what.gecko_id, stable ? coin_step / 100 : coin_step, at);
}

double universe::dollars(const currency& what, sys_seconds at) const {
  return what.code == "USD" ? 1 : what.base * walk(what.code, currency_step, at);
}

double universe::price(const stock& what, sys_seconds at) const {
  return what.base * walk(what.ticker, stock_step, at);
}

double universe::price(const coin& what, const currency& vs, sys_seconds at) const {
  return dollars(what, at) / dollars(vs, at);
}

double universe::price(const currency& from, const currency& to, sys_seconds at) const {
  return dollars(from, at) / dollars(to, at);
}

quotation universe::quote(const stock& what, sys_seconds now) const {
  return quotation_of([&](sys_seconds at) { return price(what, at); }, now);
}

quotation universe::quote(const coin& what, const currency& vs, sys_seconds now) const {
  return quotation_of([&](sys_seconds at) { return price(what, vs, at); }, now);
}

quotation universe::quote(const currency& from, const currency& to, sys_seconds now) const {
  return quotation_of([&](sys_seconds at) { return price(from, to, at); }, now);
}

}  // namespace tributary::providers::mock::market
