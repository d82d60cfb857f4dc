// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tributary::http::server {

/// True for 1–128 of `[A-Za-z0-9._-]`: an id that can be taken over into headers, logs and URLs.
bool is_sane_request_id(std::string_view id) noexcept;

/// Writes a new id into `out`: 128 random bits as 32 hexadecimal digits, from a generator of the
/// calling thread. Unique, not secret.
void make_request_id(std::string& out);

}  // namespace tributary::http::server
