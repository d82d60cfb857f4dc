// SPDX-License-Identifier: MIT
#include "actors/aggregation/root_merge.hpp"

#include "http/wire/json_scan.hpp"

#include <utility>

namespace tributary::actors::aggregation {

namespace {

using http::wire::byte_slice;
using http::wire::shared_bytes;

byte_slice joined_arrays(std::string_view first, std::string_view second) {
  auto a = http::wire::array_content(first);
  auto b = http::wire::array_content(second);
  std::string text;
  text.reserve(a.size() + b.size() + 3);
  text += '[';
  text += a;
  if (!a.empty() && !b.empty()) text += ',';
  text += b;
  text += ']';
  return byte_slice{shared_bytes{text}};
}

byte_slice deep_merged(std::string_view first, std::string_view second) {
  std::string text;
  text.reserve(first.size() + second.size());
  http::wire::append_deep_merge(first, second, text);
  return byte_slice{shared_bytes{text}};
}

/// True when only a comma and white space lie between two stretches of one text.
bool follows(const byte_slice& run, const byte_slice& next) {
  if (run.owner().data() != next.owner().data() || next.data() < run.data() + run.size()) {
    return false;
  }
  const auto* from = run.data() + run.size();
  std::string_view gap{from, static_cast<std::size_t>(next.data() - from)};
  return gap.find_first_not_of(" \t\r\n,") == std::string_view::npos;
}

byte_slice spanning(const byte_slice& run, const byte_slice& next) {
  auto size = static_cast<std::size_t>(next.data() + next.size() - run.data());
  return {run.owner(), {run.data(), size}};
}

}  // namespace

root_merge::root_merge(const endpoint_plan& plan, std::uint64_t asked,
                       std::span<const part_outcome> outcomes)
    : plan_(plan), asked_(asked), outcomes_(outcomes) {}

std::optional<std::size_t> root_merge::find_conflict() { return place_all(); }

std::optional<std::size_t> root_merge::place_all() {
  for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
    if ((asked_ >> i & 1) == 0) continue;
    auto at_root = plan_.parts[i].settings.merge == config::merge_mode::root;
    if (auto culprit = at_root ? place_root(i) : place_member(i)) return culprit;
  }
  return std::nullopt;
}

std::optional<std::size_t> root_merge::place_member(std::size_t index) {
  const auto& part = plan_.parts[index];
  const auto& key = part.next_key;
  // Laid out as `,"name":`.
  byte_slice name{key, key.view().substr(1, key.size() - 2)};
  const auto& outcome = outcomes_[index];
  entry incoming{index,
                 std::move(name),
                 outcome.has_body() ? outcome.body : part.absent,
                 {},
                 !outcome.has_body()};
  auto existing = places_.find(part.settings.member);
  if (existing == places_.end()) {
    place(part.settings.member, std::move(incoming), conflict::error);
    return std::nullopt;
  }
  // The part that spreads over the root made this conflict, so its rule decides and it fails.
  auto rival = entries_[existing->second].part;
  auto rule = plan_.parts[rival].settings.on_conflict;
  return place(part.settings.member, std::move(incoming), rule) ? std::nullopt
                                                                : std::optional{rival};
}

std::optional<std::size_t> root_merge::place_root(std::size_t index) {
  const auto& outcome = outcomes_[index];
  if (!outcome.has_body()) {
    place_root_default(index);
    return std::nullopt;
  }
  if (!http::wire::is_object(outcome.body.view())) return index;
  auto rule = plan_.parts[index].settings.on_conflict;
  auto repeated = false;
  auto members = http::wire::split_object(outcome.body.view(), rule != conflict::first, &repeated);
  if (repeated && rule == conflict::error) return index;
  for (auto& member : members) {
    auto reserved = member.key == "error";
    if (rule == conflict::error && (reserved || is_declared(member.key))) return index;
    if (reserved) continue;
    const auto& owner = outcome.body.owner();
    entry incoming{index, {owner, member.name}, {owner, member.value}, member.whole, false};
    if (!place(std::move(member.key), std::move(incoming), rule)) return index;
  }
  return std::nullopt;
}

void root_merge::place_root_default(std::size_t index) {
  const auto& standing_in = plan_.parts[index].absent;
  if (!http::wire::is_object(standing_in.view())) return;
  for (auto& member : http::wire::split_object(standing_in.view(), true)) {
    if (member.key == "error" || is_declared(member.key)) continue;
    const auto& owner = standing_in.owner();
    entry incoming{index, {owner, member.name}, {owner, member.value}, member.whole, true};
    place(std::move(member.key), std::move(incoming), conflict::first);
  }
}

bool root_merge::is_declared(const std::string& key) const {
  for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
    const auto& settings = plan_.parts[i].settings;
    if ((asked_ >> i & 1) != 0 && settings.merge == config::merge_mode::member &&
        settings.member == key) {
      return true;
    }
  }
  return false;
}

bool root_merge::place(std::string key, entry incoming, conflict rule) {
  auto [place, is_new] = places_.try_emplace(std::move(key), entries_.size());
  if (is_new) {
    entries_.push_back(std::move(incoming));
    return true;
  }
  return combine(entries_[place->second], std::move(incoming), rule);
}

bool root_merge::combine(entry& existing, entry&& incoming, conflict rule) {
  if (incoming.stand_in) return true;
  if (existing.stand_in || rule == conflict::last) {
    existing = std::move(incoming);
    return true;
  }
  auto first = existing.value.view();
  auto second = incoming.value.view();
  switch (rule) {
    case conflict::error:
      return false;
    case conflict::concat:
      if (!http::wire::is_array(first) || !http::wire::is_array(second)) return false;
      if (!dry_) existing.value = joined_arrays(first, second);
      break;
    case conflict::deep:
      if (!dry_) existing.value = deep_merged(first, second);
      break;
    case conflict::first:
    case conflict::last:
      return true;
  }
  existing.whole = {};
  return true;
}

bool root_merge::append_to(fragments& out) {
  dry_ = false;
  place_all();
  // Neighbours that are neighbours in their document too are sent as one fragment.
  byte_slice run;
  auto begin = out.size();
  auto flush = [&] {
    if (!run.empty()) out.push_back(std::exchange(run, {}));
  };
  auto separate = [&] {
    flush();
    if (out.size() != begin) out.push_back(byte_slice::literal(","));
  };
  for (const auto& e : entries_) {
    if (e.whole.empty()) {
      separate();
      out.push_back(e.name);
      out.push_back(byte_slice::literal(":"));
      out.push_back(e.value);
      continue;
    }
    byte_slice next{e.value.owner(), e.whole};
    if (!run.empty() && follows(run, next)) {
      run = spanning(run, next);
    } else {
      separate();
      run = std::move(next);
    }
  }
  flush();
  return out.size() == begin;
}

}  // namespace tributary::actors::aggregation
