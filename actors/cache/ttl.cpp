// SPDX-License-Identifier: MIT
#include "actors/cache/ttl.hpp"

#include "actors/cache/cache_control.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>
#include <cmath>

namespace tributary::actors::cache {

namespace {

using http::wire::same_without_case;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A list in Age is read up to its first member, and what is no number is ignored (section 5.1).
std::optional<seconds> age_of(std::string_view value) noexcept {
  value = value.substr(0, value.find(','));
  const auto first = value.find_first_not_of(" \t");
  if (first == value.npos) return std::nullopt;
  value = value.substr(first, value.find_last_not_of(" \t") - first + 1);
  return parse_delta_seconds(value);
}

/// Cuts the next line off `block`, without its line end.
std::string_view next_line(std::string_view& block) noexcept {
  const auto end = block.find('\n');
  auto line = block.substr(0, end);
  block.remove_prefix(end == block.npos ? block.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

freshness freshness_of(std::string_view header_block) noexcept {
  cache_control control;
  std::optional<seconds> age;
  while (!header_block.empty()) {
    const auto line = next_line(header_block);
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    const auto name = line.substr(0, colon);
    if (same_without_case(name, "cache-control"))
      add_cache_control(control, line.substr(colon + 1));
    if (!age && same_without_case(name, "age")) age = age_of(line.substr(colon + 1));
  }
  freshness result;
  result.storable = !control.no_store && !control.no_cache && !control.is_private;
  const auto lifetime = control.s_maxage ? control.s_maxage : control.max_age;
  if (lifetime) {
    result.left = std::max(seconds{0}, *lifetime - age.value_or(seconds{0}));
    if (*result.left == seconds{0}) result.storable = false;
  }
  return result;
}

void aggregate_ttl::add(const freshness& part) noexcept {
  storable_ = storable_ && part.storable;
  if (part.left) left_ = std::min<milliseconds>(left_, *part.left);
}

std::optional<milliseconds> aggregate_ttl::result() const noexcept {
  if (!storable_ || left_ <= milliseconds{0}) return std::nullopt;
  return left_;
}

milliseconds jittered(milliseconds ttl, double share, double random) noexcept {
  if (ttl <= milliseconds{0}) return ttl;
  const auto taken = std::clamp(share, 0.0, 1.0) * std::clamp(random, 0.0, 1.0);
  const auto off = std::floor(static_cast<double>(ttl.count()) * taken);
  return std::max(milliseconds{1}, ttl - milliseconds{static_cast<std::int64_t>(off)});
}

}  // namespace tributary::actors::cache
