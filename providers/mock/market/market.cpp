// SPDX-License-Identifier: MIT
#include "providers/mock/market/market.hpp"

#include "providers/mock/desk/desk.hpp"
#include "providers/mock/market/meter.hpp"
#include "providers/mock/market/providers.hpp"
#include "providers/mock/market/universe.hpp"
#include "providers/mock/shared_state.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace tributary::providers::mock::market {

namespace {

constexpr std::array limit_knobs{switch_knob("limits", true), whole_knob("limit", 0, 0, 1'000'000)};

limit_rules limits_of(const knobs& from) {
  return {from.is_on("limits"), static_cast<std::uint32_t>(from.whole("limit"))};
}

/// Decoded texts come back in answers, most of which are JSON.
bool is_text(const request& asked) {
  return is_utf8(asked.path) &&
         std::all_of(asked.parameters.begin(), asked.parameters.end(),
                     [](const auto& each) { return is_utf8(each.first) && is_utf8(each.second); });
}

/// One provider, with its own counts of who asked how often.
class provider final : public stand_in {
 public:
  using answer_function = reply (*)(const call&);

  provider(const surroundings& around, answer_function speak)
      : own_desk_(around.own_desk),
        now_(around.now),
        world_(around.shared.get<universe>(around.seed)),
        speak_(speak) {}

  reply answer(const request& asked) override {
    if (!asked.reads()) return not_allowed("GET, HEAD");
    if (!is_text(asked)) return failure(400, "the target is not UTF-8");
    return speak_({std::string{asked.below.empty() ? "/" : asked.below}, asked.parameters,
                   asked.headers, std::chrono::floor<std::chrono::milliseconds>(now_()), *world_,
                   usage_, limits_of(*own_desk_.current())});
  }

 private:
  const desk& own_desk_;
  const surroundings::clock& now_;
  const std::shared_ptr<const universe> world_;
  const answer_function speak_;
  meter usage_;
};

template <provider::answer_function Answer>
std::unique_ptr<stand_in> make(const surroundings& around) {
  return std::make_unique<provider>(around, Answer);
}

}  // namespace

constexpr service yfinance_service{"yfinance", on_port, "/yfinance", limit_knobs,
                                   &make<&yfinance::answer>};
constexpr service finnhub_service{"finnhub", on_port, "/finnhub", limit_knobs,
                                  &make<&finnhub::answer>};
constexpr service coingecko_service{"coingecko", on_port, "/coingecko", limit_knobs,
                                    &make<&coingecko::answer>};
constexpr service coinmarketcap_service{"coinmarketcap", on_port, "/coinmarketcap", limit_knobs,
                                        &make<&coinmarketcap::answer>};
constexpr service alpha_vantage_service{"alpha_vantage", on_port, "/alpha_vantage", limit_knobs,
                                        &make<&alpha_vantage::answer>};

}  // namespace tributary::providers::mock::market
