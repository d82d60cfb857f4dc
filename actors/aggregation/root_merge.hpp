// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/merge.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::aggregation {

/// Puts together an answer some parts of which are merged at the root. One object serves one run.
/// The plan and the outcomes must outlive it.
///
/// A key keeps the place where it first came up. Null and defaults of missing parts yield to
/// whatever another part has. `error` is the gateway's: under `on_conflict: error` a part that has
/// it fails, otherwise it loses that member. A key twice in one document is a conflict only under
/// `error`; otherwise its first (under `first`) or last value counts.
class root_merge {
 public:
  root_merge(const endpoint_plan& plan, std::uint64_t asked,
             std::span<const part_outcome> outcomes);

  /// The first part that cannot be merged, if there is one. Nothing is combined.
  std::optional<std::size_t> find_conflict();

  /// Appends the members with the commas between them; true when there are none.
  bool append_to(fragments& out);

 private:
  using conflict = config::merge_conflict;

  struct entry {
    std::size_t part = 0;         ///< whose member it is
    http::wire::byte_slice name;  ///< with its quotes
    http::wire::byte_slice value;
    std::string_view whole;  ///< name and value in the body, when spliced as they are; else empty
    bool stand_in = false;   ///< of a missing part
  };

  /// Places the members of all parts; the index of the part that fails stops it.
  std::optional<std::size_t> place_all();
  std::optional<std::size_t> place_member(std::size_t index);
  std::optional<std::size_t> place_root(std::size_t index);
  void place_root_default(std::size_t index);
  /// False: `incoming` and the entry of that key exclude each other.
  bool place(std::string key, entry incoming, conflict rule);
  bool combine(entry& existing, entry&& incoming, conflict rule);
  bool is_declared(const std::string& key) const;

  const endpoint_plan& plan_;
  std::uint64_t asked_;
  std::span<const part_outcome> outcomes_;
  bool dry_ = true;
  std::vector<entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace tributary::actors::aggregation
