// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/knobs.hpp"
#include "providers/mock/request.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace tributary::providers::mock {

/// `{"error":"…"}`
reply failure(unsigned status, std::string_view message);
/// 405 with the methods that would do, such as `GET, HEAD`.
reply not_allowed(std::string_view allow);

/// Where the knobs of all services are, on whatever port they answer, and how they change answers.
/// All members may be called from any thread.
class desk {
 public:
  desk(std::uint64_t seed, const std::array<knobs, service_count>& initial);

  knobs current(service s) const;
  void set(service s, const knobs& k);

  /// Counts a request and decides what becomes of its answer.
  scripted_reply serve(service s, reply answer);

  /// Requests that reached this service since the start, answered or not.
  std::uint64_t requests(service s) const noexcept;

  /// True for the paths that `control` answers: `/_control` and all below it.
  static bool owns(std::string_view path) noexcept;
  reply control(std::string_view method, std::string_view path, std::string_view body);

 private:
  struct state {
    mutable std::mutex mutex;
    knobs active;                  ///< under `mutex`
    std::atomic<bool> calm{true};  ///< `active` is the default: nothing to decide
    std::atomic<std::uint64_t> served{0};
  };

  state& state_of(service s) { return states_[static_cast<unsigned>(s)]; }
  const state& state_of(service s) const { return states_[static_cast<unsigned>(s)]; }
  reply list(std::string_view method) const;
  reply put_knobs(service s, std::string_view body);

  std::uint64_t seed_;
  std::array<state, service_count> states_;
};

}  // namespace tributary::providers::mock
