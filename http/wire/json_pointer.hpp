// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON Pointer (RFC 6901). Pure; any thread.
namespace tributary::http::wire {

/// The reference tokens of a pointer, unescaped; none for the whole document (`""`). Nothing for
/// what is no pointer: it neither is empty nor begins with `/`, or has a `~` before anything but 0
/// and 1.
std::optional<std::vector<std::string>> parse_json_pointer(std::string_view pointer);

/// Appends `/` and a token, escaped.
void append_pointer_token(std::string& pointer, std::string_view token);

/// The value in `document`, which has passed `check_json`, that the tokens lead to; nothing when
/// there is none. Of several members with one name the last counts. `-` names no element.
std::optional<std::string_view> find_json(std::string_view document,
                                          const std::vector<std::string>& tokens);

}  // namespace tributary::http::wire
