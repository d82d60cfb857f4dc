// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::http::client {

struct fetch_request;

/// The fields that are the same in each request to an upstream: Host (RFC 9110, section 7.2; IPv6
/// in brackets, port unless it is the scheme's own) and `Accept-Encoding: identity`.
std::string make_fixed_fields(std::string_view host, std::uint16_t port, bool tls);

/// Replaces the content of `out` by the request as it goes on the wire, body included.
/// @returns empty, or what makes the request one that must not be sent: characters that could end a
///   line early, or a field that belongs to the client (framing, Host, Connection, Accept-Encoding)
std::string_view write_request(std::string& out, const fetch_request& request,
                               std::string_view fixed_fields);

/// RFC 9110, section 9.2.2: sending it twice does no more than sending it once.
bool is_idempotent(std::string_view method) noexcept;

}  // namespace tributary::http::client
