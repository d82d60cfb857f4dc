// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tributary::actors::cache {

/// Appends what stands in a key or a tag in place of a credential: `~` and 32 hexadecimal digits of
/// an HMAC-SHA-256 over its name and value. The same value gives the same text wherever `secret`
/// is the same, and nobody who reads the text learns the value from it.
/// @param secret the key of the HMAC; with an empty one, who has a guess can try it
void append_credential_hash(std::string_view secret, std::string_view name, std::string_view value,
                            std::string& out);

}  // namespace tributary::actors::cache
