// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/redis_settings.hpp"
#include "config/sections/tls_settings.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace tributary::http::io {
class name_resolver;
}

namespace tributary::providers::redis {

using std::chrono::milliseconds;

/// One Redis, and the limits of a connection to it.
struct client_settings {
  config::redis_address address;
  std::string server_name;            ///< SNI and name to verify; empty: the host of the address
  milliseconds connect_timeout{500};  ///< look-up, connect, handshake, AUTH, SELECT and a PING
  milliseconds dns_refresh{30'000};   ///< from one look-up of the host's name to the next
  std::size_t max_pending = 10'000;   ///< commands without their replies; over: overloaded
  std::size_t max_unsent = 32 << 20;  ///< bytes that Redis has not taken yet; over: overloaded
  std::size_t max_reply = 16 << 20;   ///< bytes; a larger reply ends the connection
  milliseconds hung_after{1'000};     ///< a reply later than that after its deadline ends it too
  milliseconds reconnect_min{50};     ///< before the first new attempt, doubled with each …
  milliseconds reconnect_max{1'000};  ///< … up to this
  double jitter = 0.2;                ///< ± share of these
  milliseconds ping_interval{2'000};  ///< subscriber only: from an answer to the next PING
  milliseconds renew_after{10'000};   ///< subscriber only: youngest that `renew` ends
  milliseconds ping_timeout{1'000};   ///< subscriber only: for an answer, else it is lost
};

/// The limits from the configuration, for one of its addresses.
client_settings settings_of(const config::redis_settings& settings,
                            const config::redis_address& address);

/// What all connections to one Redis share, on all workers.
struct client_services {
  std::shared_ptr<http::io::name_resolver> resolver;  ///< not needed for a numeric host
  std::shared_ptr<boost::asio::ssl::context> tls;     ///< needed with `redis_address::tls`
  std::function<double()> jitter;  ///< a number from [-1, 1]; empty: a generator of its own
};

/// TLS 1.2 or newer, with trust in the file of the settings or else in the system's store.
/// @returns null with `error` set when the trust store cannot be read
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const config::tls_settings& settings,
                                                            std::string& error);

}  // namespace tributary::providers::redis
