// SPDX-License-Identifier: MIT
#include "http/client/tls_context.hpp"

#include "config/sections/tls_settings.hpp"

#include <boost/asio/ssl/context.hpp>

namespace tributary::http::client {

namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> make_tls_context(const config::tls_settings& settings,
                                               std::string& error) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  auto* handle = context->native_handle();
  ::SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  static constexpr unsigned char protocols[] = "\x08http/1.1";
  ::SSL_CTX_set_alpn_protos(handle, protocols, sizeof protocols - 1);
  // An idle connection gives its record buffers back: 34 KiB each otherwise.
  ::SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
  if (!settings.verify) {
    context->set_verify_mode(ssl::verify_none);
    return context;
  }
  context->set_verify_mode(ssl::verify_peer);
  boost::system::error_code failed;
  if (settings.ca_file.empty()) {
    context->set_default_verify_paths(failed);
  } else {
    context->load_verify_file(settings.ca_file, failed);
  }
  if (failed) {
    error = settings.ca_file.empty() ? "system trust store: " + failed.message()
                                     : settings.ca_file + ": " + failed.message();
    return nullptr;
  }
  return context;
}

}  // namespace tributary::http::client
