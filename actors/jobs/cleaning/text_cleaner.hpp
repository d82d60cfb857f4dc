// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/cleaning/detector.hpp"
#include "actors/jobs/cleaning/finder.hpp"
#include "actors/jobs/cleaning/folded_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::actors::jobs::cleaning {

/// Replaces what detectors find in texts. What is left stands as it was written. Of one thread.
class text_cleaner {
 public:
  explicit text_cleaner(detector_set detectors) noexcept
      : detectors_(detectors), finder_(detectors) {}

  /// Appends `source` without personal data. @returns whether anything was replaced
  bool append(std::string& out, std::string_view source, spelling spelled);

  /// How many characters detectors looked at.
  std::uint64_t steps() const noexcept { return finder_.steps(); }

 private:
  bool may_have_findings(std::string_view source, spelling spelled) const noexcept;

  detector_set detectors_;
  finder finder_;
  folded_text folded_;
};

}  // namespace tributary::actors::jobs::cleaning
