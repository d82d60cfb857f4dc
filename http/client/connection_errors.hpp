// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/dialer.hpp"
#include "http/wire/error_token.hpp"

#include <boost/system/error_code.hpp>

namespace tributary::http::client {

/// Why a connection could not be made.
wire::error_token dial_error_token(const io::dial_failure& why) noexcept;

/// True for what the TLS layer itself reports, beside a peer that just went away.
bool is_tls_error(const boost::system::error_code& error) noexcept;

}  // namespace tributary::http::client
