// SPDX-License-Identifier: MIT
#include "http/client/connection_errors.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

namespace tributary::http::client {

namespace asio = boost::asio;
using wire::error_token;

error_token connect_error_token(const boost::system::error_code& error) noexcept {
  if (error == asio::error::timed_out) return error_token::connection_timeout;
  // Out of descriptors, ports or memory: a limit of ours, not a fault of the upstream.
  if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
      error == boost::system::errc::too_many_files_open_in_system ||
      error == boost::system::errc::address_not_available) {
    return error_token::connection_limit_reached;
  }
  return error_token::connection_refused;
}

bool is_tls_error(const boost::system::error_code& error) noexcept {
  return error.category() == asio::error::get_ssl_category();
}

bool expect_peer(ssl_st* session, const std::string& name) {
  boost::system::error_code not_numeric;
  asio::ip::make_address(name, not_numeric);
  if (!not_numeric) {
    return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(session), name.c_str()) == 1;
  }
  ::SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ::SSL_set1_host(session, name.c_str()) == 1 &&
         ::SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

tls_failure handshake_failure(ssl_st* session, const boost::system::error_code& error) {
  const auto verdict = ::SSL_get_verify_result(session);
  if ((::SSL_get_verify_mode(session) & SSL_VERIFY_PEER) != 0 && verdict != X509_V_OK) {
    return {error_token::tls_certificate_error, ::X509_verify_cert_error_string(verdict)};
  }
  return {error_token::tls_protocol_error, error.message()};
}

}  // namespace tributary::http::client
