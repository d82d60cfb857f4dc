// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/finder.hpp"

#include "actors/jobs/cleaning/patterns.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <optional>

namespace tributary::actors::jobs::cleaning {

namespace {

struct pattern {
  detector what;
  std::optional<std::size_t> (*end)(const window&, std::size_t) noexcept;
};

/// Where two fit at a place, the first counts.
constexpr pattern patterns[] = {{detector::iban, iban_end},
                                {detector::card, card_end},
                                {detector::ssn, ssn_end},
                                {detector::phone, phone_end},
                                {detector::ip, ip_end}};

/// Whether a pattern or a UUID can begin with this character.
bool may_begin(char c) noexcept {
  return http::wire::is_digit(c) || c == '+' || c == ':' ||
         (http::wire::to_lower(c) >= 'a' && http::wire::to_lower(c) <= 'z');
}

/// Some characters before `end`, but not within a token that might be a UUID.
std::size_t begin_again(const window& text, std::size_t end) noexcept {
  constexpr std::size_t longest_token = 36;
  auto result = std::max(text.begin(), end - std::min(end, farthest_look));
  const auto least = result - std::min(result, longest_token);
  while (result > least && is_token_part(text[result - 1])) --result;
  return result;
}

}  // namespace

const std::vector<finding>& finder::find(std::string_view folded) {
  findings_.clear();
  std::size_t begin = 0;
  if (detectors_.contains(detector::email)) {
    for (auto sign = folded.find('@'); sign != folded.npos; sign = folded.find('@', sign + 1)) {
      const window text{folded, begin, folded.size(), steps_};
      const auto email = email_around(text, sign);
      if (!email) continue;
      find_all_but_emails(folded, begin, email->begin);
      findings_.push_back({email->begin, email->end, detector::email});
      begin = email->end;
    }
  }
  find_all_but_emails(folded, begin, folded.size());
  return findings_;
}

/// Goes through a stretch up to a finding, which parts it in two: first the left one once more, as
/// far as the cut can matter there, then the right one.
void finder::find_all_but_emails(std::string_view folded, std::size_t begin, std::size_t end) {
  for (auto at = begin;;) {
    const window text{folded, begin, end, steps_};
    if (at >= end) {
      if (cuts_.empty()) return;
      findings_.push_back(cuts_.back().found);
      at = begin = cuts_.back().found.end;
      end = cuts_.back().end;
      cuts_.pop_back();
      continue;
    }
    if (!may_begin(folded[at])) {
      ++at;
      continue;
    }
    if (const auto behind = uuid_end(text, at)) {
      at = *behind;
      continue;
    }
    const auto before = cuts_.size();
    for (const auto& each : patterns) {
      if (!detectors_.contains(each.what)) continue;
      const auto behind = each.end(text, at);
      if (!behind) continue;
      cuts_.push_back({{at, *behind, each.what}, end});
      break;
    }
    if (cuts_.size() == before) {
      ++at;
    } else {
      end = at;
      at = begin_again({folded, begin, end, steps_}, end);
    }
  }
}

}  // namespace tributary::actors::jobs::cleaning
