// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/wire/mock_options.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

class service_set;
class webhook_sender;

/// The stand-ins on their ports, with threads of their own. `start` and `stop` belong to the thread
/// that owns the object; everything else may be called from any thread while it runs. Members that
/// are given the name of a service throw std::invalid_argument when there is none.
class mock_server {
 public:
  /// @throws std::invalid_argument for a webhook secret that is none
  explicit mock_server(mock_options options);
  ~mock_server();  ///< stops
  mock_server(const mock_server&) = delete;
  mock_server& operator=(const mock_server&) = delete;

  /// Listens on every port, then serves in the background. Once.
  /// @returns why it cannot, in one line such as `127.0.0.1:7001: Address already in use`, or
  /// nullopt
  std::optional<std::string> start();

  /// The port on which a service is reached; 0 while it does not run.
  std::uint16_t port(std::string_view service) const;
  /// Where it is reached, with its path: `http://127.0.0.1:7002/yfinance`.
  std::string url(std::string_view service) const;
  /// What is served where, in one line for people.
  std::string overview() const;

  /// Closes every socket and joins the threads; requests that hang or wait are dropped, and so are
  /// calls to the outside. Idempotent.
  void stop();

  /// Like `PUT /_control/{service}`, for tests in the same process.
  /// @throws std::invalid_argument for a knob that it does not have or that cannot be so
  void set(std::string_view service, const knob_settings& values);

  /// Requests that reached a service since construction.
  std::uint64_t requests(std::string_view service) const;

 private:
  struct opened;

  std::string origin_of(std::uint16_t port) const;

  const mock_options options_;
  std::unique_ptr<webhook_sender> sender_;
  std::unique_ptr<service_set> services_;
  std::vector<std::unique_ptr<opened>> listeners_;  ///< in the order of `options_.ports`
};

}  // namespace tributary::providers::mock
