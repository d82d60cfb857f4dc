// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/error_token.hpp"

#include <boost/system/error_code.hpp>

#include <string>

struct ssl_st;

namespace tributary::http::client {

/// Why a connection could not be made.
wire::error_token connect_error_token(const boost::system::error_code& error) noexcept;

/// True for what the TLS layer itself reports, beside a peer that just went away.
bool is_tls_error(const boost::system::error_code& error) noexcept;

/// Sets the name to be asked for (SNI, names only: RFC 6066, section 3) and to be verified.
bool expect_peer(ssl_st* session, const std::string& name);

struct tls_failure {
  wire::error_token token;
  std::string detail;
};

/// Tells a certificate that does not verify from any other failure of a handshake.
tls_failure handshake_failure(ssl_st* session, const boost::system::error_code& error);

}  // namespace tributary::http::client
