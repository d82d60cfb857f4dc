// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace tributary::config {
struct tls_settings;
}

namespace tributary::http::client {

/// What all TLS connections to one upstream share, on all workers: TLS 1.2 or newer, ALPN http/1.1,
/// trust in the file of the settings or else in the system's store.
/// @returns null with `error` set when the trust store cannot be read
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const config::tls_settings& settings,
                                                            std::string& error);

}  // namespace tributary::http::client
