// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/cleaning/detector.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tributary::actors::jobs::cleaning {

/// A place in a folded text where personal data stands.
struct finding {
  std::size_t begin = 0;
  std::size_t end = 0;
  detector what = detector::email;

  bool operator==(const finding&) const = default;
};

/// Finds personal data in folded texts, in time that grows with their length alone.
///
/// When each finding is replaced by a text in square brackets, the result has none any more. That
/// takes care, for what is cut off may make the rest look like personal data, as when digits are
/// no longer within a longer row. So every pattern takes brackets for the end of the text, and
/// after each finding the characters before it are looked at once more as a text that ends there.
/// Only emails are of any length; they come first, and no cut can make one.
class finder {
 public:
  explicit finder(detector_set detectors) noexcept : detectors_(detectors) {}

  /// In order; valid until the next call.
  const std::vector<finding>& find(std::string_view folded);

  /// How many characters were looked at so far, the same one again and again.
  std::uint64_t steps() const noexcept { return steps_; }

 private:
  struct cut {
    finding found;
    std::size_t end;  ///< of the stretch that it was found in
  };

  void find_all_but_emails(std::string_view folded, std::size_t begin, std::size_t end);

  detector_set detectors_;
  std::vector<finding> findings_;
  std::vector<cut> cuts_;
  std::uint64_t steps_ = 0;
};

}  // namespace tributary::actors::jobs::cleaning
