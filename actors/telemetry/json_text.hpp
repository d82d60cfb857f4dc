// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Writing JSON values to the end of a string, which keeps its memory from line to line.
namespace tributary::actors::telemetry::json_text {

/// Appends the text between the quotes of a JSON string. Control characters, those of C1 too, are
/// escaped, so that a log shown in a terminal cannot drive it; bytes that are not UTF-8 become
/// U+FFFD.
void append_escaped(std::string& out, std::string_view text);

/// Appends `"text"`.
void append_string(std::string& out, std::string_view text);

void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);
/// The shortest spelling that reads back the same; `null` for what JSON cannot say.
void append_number(std::string& out, double value);
/// With at most three digits after the point, as durations in ms are shown.
void append_thousandths(std::string& out, std::int64_t thousandths);

}  // namespace tributary::actors::telemetry::json_text
