// SPDX-License-Identifier: MIT
#include "http/wire/error_token.hpp"

namespace tributary::http::wire {

std::string_view to_string(error_token token) noexcept {
  switch (token) {
    case error_token::none:
      return "";
    case error_token::dns_timeout:
      return "dns_timeout";
    case error_token::dns_error:
      return "dns_error";
    case error_token::destination_unavailable:
      return "destination_unavailable";
    case error_token::connection_refused:
      return "connection_refused";
    case error_token::connection_terminated:
      return "connection_terminated";
    case error_token::connection_timeout:
      return "connection_timeout";
    case error_token::connection_limit_reached:
      return "connection_limit_reached";
    case error_token::tls_protocol_error:
      return "tls_protocol_error";
    case error_token::tls_certificate_error:
      return "tls_certificate_error";
    case error_token::http_protocol_error:
      return "http_protocol_error";
    case error_token::http_response_incomplete:
      return "http_response_incomplete";
    case error_token::http_response_timeout:
      return "http_response_timeout";
    case error_token::http_response_header_section_size:
      return "http_response_header_section_size";
    case error_token::http_response_body_size:
      return "http_response_body_size";
    case error_token::http_response_status:
      return "http_response_status";
    case error_token::proxy_internal_error:
      return "proxy_internal_error";
    case error_token::proxy_configuration_error:
      return "proxy_configuration_error";
  }
  return "proxy_internal_error";
}

}  // namespace tributary::http::wire
