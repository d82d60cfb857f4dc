// SPDX-License-Identifier: MIT
#include "http/io/address_turns.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::io {

namespace {

steady_time::duration rest_after(unsigned failures) noexcept {
  steady_time::duration result = address_turns::first_rest;
  for (unsigned i = 1; i < failures && result < address_turns::longest_rest; ++i) result *= 2;
  return std::min<steady_time::duration>(result, address_turns::longest_rest);
}

}  // namespace

bool address_turns::assign(const std::vector<endpoint>& found) {
  const auto before = std::exchange(all_, {});
  const auto is = [](const endpoint& address) {
    return [&](const entry& each) { return each.address == address; };
  };
  std::size_t stayed = 0;
  for (const auto& address : found) {
    if (all_.size() == most) break;
    if (has(address)) continue;
    const auto known = std::find_if(before.begin(), before.end(), is(address));
    stayed += known != before.end() ? 1 : 0;
    all_.push_back(known != before.end() ? *known : entry{address});
  }
  return stayed < before.size();
}

std::vector<endpoint> address_turns::next(steady_time now) {
  std::vector<entry*> awake;
  std::vector<entry*> resting;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    auto& each = all_[(turn_ + i) % all_.size()];
    (each.rests_until <= now ? awake : resting).push_back(&each);
  }
  std::stable_sort(resting.begin(), resting.end(),
                   [](const auto* a, const auto* b) { return a->rests_until < b->rests_until; });
  if (!awake.empty()) {
    auto& first = *awake.front();
    turn_ = static_cast<std::size_t>(&first - all_.data()) + 1;
    if (first.failures > 0) {
      first.on_trial = true;
      first.rests_until = now + rest_after(first.failures);
    }
    const auto other = std::find_if(awake.begin(), awake.end(), [&](const auto* each) {
      return each->address.protocol().family() != first.address.protocol().family();
    });
    if (other != awake.end()) std::rotate(awake.begin() + 1, other, other + 1);
  }
  awake.insert(awake.end(), resting.begin(), resting.end());
  std::vector<endpoint> result;
  result.reserve(awake.size());
  for (const auto* each : awake) result.push_back(each->address);
  return result;
}

void address_turns::worked(const endpoint& address) noexcept {
  auto* of = find(address);
  if (of == nullptr) return;
  of->failures = 0;
  of->on_trial = false;
  of->rests_until = {};
}

/// Attempts that were begun together fail together; they count as one.
void address_turns::failed(const endpoint& address, steady_time now) noexcept {
  auto* of = find(address);
  if (of == nullptr || (now < of->rests_until && !of->on_trial)) return;
  of->on_trial = false;
  of->rests_until = now + rest_after(++of->failures);
}

bool address_turns::has(const endpoint& address) const noexcept {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const entry& each) { return each.address == address; });
}

address_turns::entry* address_turns::find(const endpoint& address) noexcept {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const entry& each) { return each.address == address; });
  return found == all_.end() ? nullptr : &*found;
}

}  // namespace tributary::http::io
