// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"
#include "providers/market/yahoo/yahoo.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace tributary::providers::market::yahoo {

/// The document of an answer, or why there is none. Errors are under whatever single top-level key
/// holds one.
/// @param speaks_of_symbols the top-level key under which an error means the symbols asked for;
///   `not_found` and `no_data` under any other mean the path, which is `unavailable`
std::variant<json_value, failure> open_answer(const wire_answer& answer,
                                              std::string_view speaks_of_symbols);

/// True for the text that a throttled request gets with any status.
bool says_too_many(std::string_view body) noexcept;

/// True when the client is to slow down; and what is said of it then.
bool is_throttled(const wire_answer& answer) noexcept;
failure throttled(const wire_answer& answer);

/// A failure of the whole call. What is known of a symbol (`not_found`, `no_data`) is said of each.
quotes_result all_failed(std::span<const symbol> asked, const failure& why);

}  // namespace tributary::providers::market::yahoo
