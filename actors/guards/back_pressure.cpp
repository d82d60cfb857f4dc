// SPDX-License-Identifier: MIT
#include "actors/guards/back_pressure.hpp"

namespace tributary::actors::guards {

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t least_answers = 3;
constexpr auto recent = std::chrono::seconds{1};

}  // namespace

call_outcome back_pressure::on_answer(call_outcome outcome, int status,
                                      std::optional<milliseconds> retry_after, steady_time started,
                                      steady_time now) noexcept {
  if (!settings_.enabled || status == 0) return outcome;
  const bool too_many = status == 429;
  if (suspected_ && started >= until()) {
    suspected_ = false;
    if (too_many) outcome = call_outcome::failure;
  }
  answers_.add(now, too_many, false);
  const auto wanted =
      std::clamp(retry_after.value_or(milliseconds{0}), milliseconds{0}, settings_.max);
  if (status == 503) heed_outage(wanted, now);
  heed_crowd(too_many, wanted, now);
  return outcome;
}

void back_pressure::heed_outage(milliseconds wanted, steady_time now) noexcept {
  if (wanted > milliseconds{0}) pause(outage_until_, now + wanted, now);
}

void back_pressure::heed_crowd(bool too_many, milliseconds wanted, steady_time now) noexcept {
  const auto& counts = answers_.totals();
  const auto others = counts.calls - counts.failures;
  const bool telling = counts.calls >= least_answers;
  if (!too_many) {
    if (telling && others >= counts.failures) crowd_until_ = std::min(crowd_until_, now);
    return;
  }
  if (wanted > milliseconds{0}) {
    const bool anew = wished_at_ == steady_time::min() || now - wished_at_ > recent;
    wish_ = anew ? now + wanted : std::max(wish_, now + wanted);
    wished_at_ = now;
  }
  if (!telling || counts.failures <= others) return;
  if (wished_at_ != steady_time::min() && now - wished_at_ <= recent) {
    pause(crowd_until_, wish_, now);
  }
}

void back_pressure::pause(steady_time& until_then, steady_time wanted, steady_time now) noexcept {
  if (wanted <= now) return;
  if (now >= until()) ++pauses_;
  until_then = std::max(until_then, wanted);
  suspected_ = true;
}

}  // namespace tributary::actors::guards
