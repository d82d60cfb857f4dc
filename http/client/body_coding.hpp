// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/fetch.hpp"

#include <cstddef>
#include <string_view>

namespace tributary::http::client {

/// Brings the body of a whole answer into the form that everybody reads: packed bodies are unpacked
/// (to `max_body` bytes), though none was asked for; a declared charset other than UTF-8 and
/// US-ASCII is http_protocol_error with the reason `charset_not_utf8`. `result.error` tells of what
/// cannot be read. An answer that is no success keeps its status all the same and loses its body,
/// since the status is what counts of it.
void decode_body(fetch_result& result, std::size_t max_body);

/// False for a Content-Type with a `charset` other than UTF-8 and US-ASCII, however it is spelled.
bool has_readable_charset(std::string_view content_type) noexcept;

}  // namespace tributary::http::client
