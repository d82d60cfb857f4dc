// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tributary::providers::market {

/// `text` with `***` for every occurrence of `secret`: as it is, percent-encoded once or twice, as
/// a form's value, or escaped as in JSON, each also in parts. Secrets of eight characters and more
/// are found in any case. An empty secret is nowhere.
std::string redact(std::string_view text, std::string_view secret);

/// A provider's words, fit for `failure::detail`: without the secrets, printable ASCII on one line,
/// at most 200 characters. Cut after redacting, so that no half of a secret stays.
std::string detail_from(std::string_view text, std::initializer_list<std::string_view> secrets);

}  // namespace tributary::providers::market
