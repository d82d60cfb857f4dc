// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/cleaning/cleaning_rules.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tributary::actors::jobs::cleaning {

/// The member names of one object while it is cleaned. Names are not escaped, but for `spelled`.
class object_names {
 public:
  /// What is known of a name.
  struct entry {
    bool is_new = true;    ///< no member of this name was met before
    bool renamed = false;  ///< it is written differently, as:
    std::string key;
    std::string spelled;                    ///< `key` as between the quotes of a JSON string
    std::optional<cleaning_operator> what;  ///< of members that are called so
    bool written = false;                   ///< its latest member is in the output, …
    std::size_t begin = 0;                  ///< … here
    std::size_t end = 0;
  };

  /// By the name as it came. Stays where it is.
  entry& operator[](const std::string& came) { return entries_[came]; }

  /// What a member whose name came as `came` is to be called: `wanted`, or that with the first of
  /// `~2`, `~3`, … that no other member is called.
  std::string claim(const std::string& came, const std::string& wanted);

 private:
  bool is_taken(const std::string& came, const std::string& name) const;

  std::map<std::string, entry, std::less<>> entries_;
  std::set<std::string, std::less<>> claimed_;       ///< other than they came
  std::map<std::string, std::size_t> next_numbers_;  ///< by what was wanted
};

}  // namespace tributary::actors::jobs::cleaning
