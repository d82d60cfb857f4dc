// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk/knobs.hpp"
#include "providers/mock/request.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace tributary::providers::mock {

class caller;
class desk;
class shared_state;

/// Answers for one service. Pure: sockets, knobs that every service has, and counts are around it.
/// All members may be called from any thread.
class stand_in {
 public:
  virtual ~stand_in() = default;

  /// Answers a request below the path of the service. It has been counted, and the knobs decide
  /// what becomes of the answer. A service that throws answers 500.
  virtual reply answer(const request& asked) = 0;

  /// Answers what is asked behind the scenes, such as `/_ledger`: any path of the listener that
  /// begins with `/_`, but for `/_control`. It is not counted and no knob touches it.
  /// @returns nullopt where this service has no such path
  virtual std::optional<reply> aside(const request& asked);

  /// Adds what the service remembers to its ledger, beside the counts that all have.
  virtual void add_to_ledger(nlohmann::ordered_json& ledger) const;
};

/// What a service is given when it is made. The references outlive it.
struct surroundings {
  using clock = std::function<std::chrono::system_clock::time_point()>;

  std::uint64_t seed;
  const desk& own_desk;  ///< its knobs as they are now
  caller& calls;         ///< to call out
  const clock& now;
  shared_state& shared;  ///< with other services
  /// Of webhooks, as Standard Webhooks has it: `whsec_…`, two with a comma, or nothing.
  std::string_view webhook_secret{};
};

/// A listener of `tributary mock`: the services that name the same object share it.
struct port_flag {
  std::string_view name;    ///< of the command line without its hyphens, such as `market-port`
  std::uint16_t number;     ///< the default
  std::string_view serves;  ///< for people, such as `market data`
};

/// The declaration of a service: all that there is to say before it runs.
struct service {
  std::string_view name;  ///< in knobs and `/_control`
  const port_flag& on;
  /// Requests to it and to what is below it are the service's, such as `/customers`; empty: all of
  /// the listener's. The longest wins.
  std::string_view path;
  std::span<const knob> own_knobs;  ///< beside those that every service has
  std::unique_ptr<stand_in> (*make)(const surroundings& around);
};

/// Several services in their order, as `services()` of `stand_ins.hpp` lists them.
using service_list = std::span<const service* const>;

}  // namespace tributary::providers::mock
