// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tributary::providers::market {

/// `text` with `***` for every occurrence of `secret`: as it is, percent-encoded once or twice, as
/// a form's value, or escaped as in JSON, each also in parts. Secrets of eight characters and more
/// are found in any case. An empty secret is nowhere.
std::string redact(std::string_view text, std::string_view secret);

}  // namespace tributary::providers::market
