// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk/knobs.hpp"
#include "providers/mock/stand_ins.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

/// A listener and the port that it is told to take.
struct port_choice {
  const port_flag* on;
  std::uint16_t number;  ///< 0: a free one
  /// What its flag is for, such as `port of market data; 0: a free one`.
  std::string help() const;
};

/// What `tributary mock` can be told on its command line.
struct mock_options {
  explicit mock_options(service_list list = mock::services());

  /// The defaults but for the ports, all of which are free ones; for tests.
  static mock_options on_free_ports(service_list list = mock::services());

  /// Carries out one `--knob customer.latency_ms=50`; `all.` addresses each service that has it.
  /// @returns what is wrong with it in one line, or nullopt
  std::optional<std::string> apply_knob(std::string_view assignment);

  /// The services with their places and knobs, as `tributary mock --help` shows them.
  std::string overview() const;

  service_list services;
  std::string address = "127.0.0.1";  ///< --address: IPv4 or IPv6 to listen on
  std::vector<port_choice> ports;     ///< --port, --market-port …: a flag each
  std::uint64_t seed = 1;             ///< --seed: of the data and of the mishaps
  std::size_t threads = 1;            ///< --threads: event loops of each listener, 1–64
  std::string webhook_secret;  ///< --webhook-secret: `whsec_…`, two with a comma, or nothing
  std::vector<knobs> initial;  ///< --knob SERVICE.KEY=VALUE; of each service, in order
};

}  // namespace tributary::providers::mock
