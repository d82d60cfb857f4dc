// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/names.hpp"

namespace tributary::actors::jobs::cleaning {

std::string object_names::claim(const std::string& came, const std::string& wanted) {
  auto result = wanted;
  if (is_taken(came, result)) {
    // Numbers that were found taken are not tried again, so all claims together take linear time.
    auto& number = next_numbers_.try_emplace(wanted, 2).first->second;
    do {
      result = wanted + '~' + std::to_string(number++);
    } while (is_taken(came, result));
  }
  if (result != came) claimed_.insert(result);
  return result;
}

bool object_names::is_taken(const std::string& came, const std::string& name) const {
  if (claimed_.contains(name)) return true;
  if (name == came) return false;
  const auto other = entries_.find(name);
  return other != entries_.end() && !other->second.is_new && !other->second.renamed;
}

}  // namespace tributary::actors::jobs::cleaning
