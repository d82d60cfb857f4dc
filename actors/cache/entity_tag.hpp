// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/shared_bytes.hpp"

#include <span>
#include <string>

namespace tributary::actors::cache {

/// Strong entity tag (RFC 9110, section 8.8.3) of a body: 128 bits of its hash in hexadecimal, in
/// quotes. Depends on the bytes alone, not on how they are cut into fragments, on the process or
/// on the machine, so that every instance gives equal bodies equal tags.
std::string strong_etag(std::span<const http::wire::shared_bytes> body);

}  // namespace tributary::actors::cache
