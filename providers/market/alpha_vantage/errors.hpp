// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/json_tree.hpp"
#include "providers/market/types.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace tributary::providers::market::alpha_vantage {

/// The member of `object` with that name, leaving the numbers before names (`05. price`) aside.
const json_value& numbered(const json_value& object, std::string_view name) noexcept;
/// The first member of `object` whose name begins so (`Global Quote - DATA DELAYED …`).
const json_value& beginning(const json_value& object, std::string_view name) noexcept;

/// What a document says is wrong, whatever the status; nothing when it says nothing.
std::optional<failure> stated_error(const json_value& document, const wire_answer& answer,
                                    std::string_view key);

/// What a status says by itself; nothing for 200.
std::optional<failure> failure_of_status(const wire_answer& answer);

/// The document of an answer, or why there is none: transport, status, no JSON. Data and stated
/// errors are both documents.
std::variant<json_value, failure> open_document(const wire_answer& answer);

/// As `open_document` where `data` begins the name of a member that holds something; otherwise the
/// stated error, or `not_found`.
std::variant<json_value, failure> open_data(const wire_answer& answer, std::string_view data,
                                            std::string_view key);

/// Why what should be CSV is none; nothing when it may be read.
std::optional<failure> failure_of_csv(const wire_answer& answer, std::string_view key);

}  // namespace tributary::providers::market::alpha_vantage
