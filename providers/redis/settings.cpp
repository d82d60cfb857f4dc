// SPDX-License-Identifier: MIT
#include "providers/redis/settings.hpp"

#include "http/client/tls_context.hpp"

#include <boost/asio/ssl/context.hpp>

namespace tributary::providers::redis {

client_settings settings_of(const config::redis_settings& settings,
                            const config::redis_address& address) {
  client_settings result;
  result.address = address;
  result.server_name = settings.tls_options.server_name;
  result.connect_timeout = settings.connect_timeout;
  result.dns_refresh = settings.dns_refresh;
  result.max_pending = settings.max_pending;
  result.max_reply = settings.max_reply;
  return result;
}

std::shared_ptr<boost::asio::ssl::context> make_tls_context(const config::tls_settings& settings,
                                                            std::string& error) {
  auto context = http::client::make_tls_context(settings, error);
  if (context == nullptr) return nullptr;
  // Redis has no ALPN name, and its few connections are never idle for long.
  ::SSL_CTX_set_alpn_protos(context->native_handle(), nullptr, 0);
  ::SSL_CTX_clear_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

}  // namespace tributary::providers::redis
