// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/knobs.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tributary::providers::mock {

class desk;
class market_services;
class responder;
class services;

/// What `tributary mock` can be told on its command line.
struct mock_options {
  std::string address = "127.0.0.1";  ///< --address: IPv4 or IPv6 to listen on
  std::uint16_t port = 7001;         ///< --port: customer, master data, transactions; 0: a free one
  std::uint16_t market_port = 7002;  ///< --market-port: market data; 0: a free one
  std::uint64_t seed = 1;            ///< --seed: of the data and of the mishaps
  std::size_t threads = 1;           ///< --threads: event loops, 1–64
  /// --knob SERVICE.KEY=VALUE, repeatable, see `apply_knob`; by `service`.
  std::array<knobs, service_count> initial;
};

/// Carries out one `--knob customer.latency_ms=50`; `all.` addresses each service.
/// @returns what is wrong with it in one line, or nullopt
std::optional<std::string> apply_knob(mock_options& options, std::string_view assignment);

/// The stand-in upstreams on two ports, with threads of its own. `start` and `stop` belong to the
/// thread that owns the object; everything else may be called from any thread while it runs.
class mock_server {
 public:
  explicit mock_server(mock_options options);
  ~mock_server();  ///< stops
  mock_server(const mock_server&) = delete;
  mock_server& operator=(const mock_server&) = delete;

  /// Listens, then serves in the background.
  /// @returns why it cannot, in one line such as `127.0.0.1:7001: Address already in use`, or
  /// nullopt
  std::optional<std::string> start();

  /// The ports that it listens on; 0 before `start`.
  std::uint16_t port() const noexcept;
  std::uint16_t market_port() const noexcept;

  /// Closes every socket and joins the threads; requests that hang or wait are dropped. Idempotent.
  void stop();

  /// Like `PUT /_control/{service}`, for tests in the same process.
  void set(service s, const knobs& k);

  /// Requests that reached a service since construction.
  std::uint64_t requests(service s) const noexcept;

 private:
  class worker;
  class listener;

  std::optional<std::string> open(std::unique_ptr<listener>& where, responder& upstreams,
                                  std::uint16_t port);

  mock_options options_;
  std::unique_ptr<desk> desk_;
  std::unique_ptr<services> services_;
  std::unique_ptr<market_services> market_;
  std::unique_ptr<listener> listener_;
  std::unique_ptr<listener> market_listener_;
};

}  // namespace tributary::providers::mock
