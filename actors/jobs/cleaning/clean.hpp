// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/cleaning/cleaning_rules.hpp"

#include <string>
#include <string_view>

namespace tributary::actors::jobs::cleaning {

/// A JSON text without personal data, which has passed `http::wire::check_json`. Pure; any thread.
///
/// Strings lose white space at both ends, then detectors look at strings, member names and integer
/// numbers; a number in which they find something becomes a string. What the rules say of a member
/// or path goes before that. Whatever is not touched is spelled as it was, but white space between
/// tokens is left out. Members keep their order; of equal names the last counts, and the others are
/// not there any more. Names that become equal by the cleaning get `~2`, `~3`, …; a name that the
/// rules speak of is not cleaned.
///
/// To clean twice changes nothing. The time is linear in the length of the text (but for the
/// comparing of names within one object, as in a sorted map).
std::string clean_json(const cleaning_rules& rules, std::string_view json);

/// A plain text without personal data and without white space at both ends, such as a vendor's
/// message. Need not be UTF-8. To clean twice changes nothing; the time is linear.
std::string clean_text(const cleaning_rules& rules, std::string_view text);

}  // namespace tributary::actors::jobs::cleaning
