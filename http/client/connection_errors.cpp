// SPDX-License-Identifier: MIT
#include "http/client/connection_errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace tributary::http::client {

namespace asio = boost::asio;
using wire::error_token;

using reason = io::dial_failure::reason;

namespace {

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

error_token handshake_error_token(reason why) noexcept {
  switch (why) {
    case reason::timed_out:
      return error_token::connection_timeout;
    case reason::certificate:
      return error_token::tls_certificate_error;
    case reason::unusable:
      return error_token::proxy_configuration_error;
    case reason::failed:
      break;
  }
  return error_token::tls_protocol_error;
}

}  // namespace

error_token dial_error_token(const io::dial_failure& why) noexcept {
  const auto too_late = why.why == reason::timed_out;
  switch (why.step) {
    case io::dial_step::looking_up:
      return too_late ? error_token::dns_timeout : error_token::dns_error;
    case io::dial_step::shaking_hands:
      return handshake_error_token(why.why);
    default:
      return too_late ? error_token::connection_timeout : connect_error_token(why.error);
  }
}

bool is_tls_error(const boost::system::error_code& error) noexcept {
  return error.category() == asio::error::get_ssl_category();
}

}  // namespace tributary::http::client
