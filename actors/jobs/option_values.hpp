// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The kinds of values that options of a job have, read from JSON texts. Nothing for any other
/// value. Pure; any thread.
namespace tributary::actors::jobs {

/// What a JSON string says.
std::optional<std::string> read_string(std::string_view json);

/// A number of seconds, or a string with a unit such as `"250ms"`, `"2s"`, `"5m"`, `"1h"` or
/// `"1d"`; fractions are rounded to milliseconds. Not negative, at most 10,000 years.
std::optional<providers::jobs::milliseconds> read_duration(std::string_view json);

/// An instant of RFC 3339 in a string; what is finer than a millisecond is cut off.
std::optional<providers::jobs::instant> read_instant(std::string_view json);

/// A whole number that is written in digits alone, at most `most`.
std::optional<std::uint32_t> read_count(std::string_view json, std::uint32_t most) noexcept;

}  // namespace tributary::actors::jobs
