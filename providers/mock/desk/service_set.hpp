// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk/desk.hpp"
#include "providers/mock/shared_state.hpp"
#include "providers/mock/stand_in.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

/// A service that runs: what was declared, its desk, and what answers for it.
struct running_service {
  running_service(const service& declared, const knobs& initial, std::uint64_t seed);

  const service& what;
  desk own_desk;
  std::unique_ptr<stand_in> behind;  ///< never null once its set is made
};

/// The services of one mock; no sockets in here. All members may be called from any thread.
class service_set {
 public:
  using clock = surroundings::clock;

  /// `initial` has the knobs of each service of `list`, in its order. `calls` must outlive this,
  /// `webhook_secret` the call.
  /// @throws std::invalid_argument for a secret that is none
  service_set(service_list list, const std::vector<knobs>& initial, std::uint64_t seed,
              caller& calls, clock now = &std::chrono::system_clock::now,
              std::string_view webhook_secret = {});
  service_set(const service_set&) = delete;
  service_set& operator=(const service_set&) = delete;

  std::span<const std::unique_ptr<running_service>> all() const noexcept { return all_; }

  /// Nullptr when there is none.
  running_service* find(std::string_view name) const noexcept;
  /// @throws std::invalid_argument when there is none
  running_service& get(std::string_view name) const;

  /// Sets the knobs of a service to `values`, and all others to their defaults.
  /// @throws std::invalid_argument for a service or knob that there is not, or that cannot be so
  void set(std::string_view name, const knob_settings& values) const;

  /// All names, separated by `, `.
  std::string names() const;

 private:
  clock now_;
  shared_state shared_;
  std::vector<std::unique_ptr<running_service>> all_;
};

}  // namespace tributary::providers::mock
