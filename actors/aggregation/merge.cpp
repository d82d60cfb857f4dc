// SPDX-License-Identifier: MIT
#include "actors/aggregation/merge.hpp"

#include "actors/aggregation/root_merge.hpp"

#include <bit>
#include <string_view>
#include <utility>

namespace tributary::actors::aggregation {

namespace {

using http::wire::byte_slice;

/// Some asked part merges at the root.
bool any_root(const endpoint_plan& plan, std::uint64_t asked) {
  if (!plan.any_root) return false;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if ((asked >> i & 1) != 0 && plan.parts[i].settings.merge == config::merge_mode::root) {
      return true;
    }
  }
  return false;
}

void append_error(fragments& out, bool is_first, http::wire::shared_bytes error) {
  if (error.empty()) return;
  out.push_back(byte_slice::literal(is_first ? R"("error":)" : R"(,"error":)"));
  out.emplace_back(std::move(error));
}

}  // namespace

void refuse_conflicts(const endpoint_plan& plan, std::uint64_t asked,
                      std::span<part_outcome> outcomes) {
  if (!any_root(plan, asked)) return;
  // A part that drops out takes its members along, so the others are looked at anew.
  while (auto culprit = root_merge{plan, asked, outcomes}.find_conflict()) {
    auto& outcome = outcomes[*culprit];
    outcome.error = http::wire::error_token::http_protocol_error;
    outcome.detail = "merge_conflict";
    outcome.body = {};
  }
}

fragments merge(const endpoint_plan& plan, std::uint64_t asked,
                std::span<const part_outcome> outcomes, http::wire::shared_bytes error) {
  fragments result;
  if (any_root(plan, asked)) {
    result.push_back(byte_slice::literal("{"));
    auto is_empty = root_merge{plan, asked, outcomes}.append_to(result);
    append_error(result, is_empty, std::move(error));
  } else {
    result.reserve(2 * static_cast<std::size_t>(std::popcount(asked)) + 3);
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
      if ((asked >> i & 1) == 0) continue;
      const auto& part = plan.parts[i];
      // The plan outlives every answer made from it. Counting references to what all workers share
      // would have them pass its cache lines to and fro on each request.
      const auto& key = result.empty() ? part.first_key : part.next_key;
      result.push_back(http::wire::byte_slice::literal(key.view()));
      result.push_back(outcomes[i].has_body() ? outcomes[i].body : part.absent);
    }
    append_error(result, false, std::move(error));
  }
  result.push_back(byte_slice::literal("}"));
  return result;
}

}  // namespace tributary::actors::aggregation
