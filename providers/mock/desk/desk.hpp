// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/desk/knobs.hpp"
#include "providers/mock/desk/ledger.hpp"
#include "providers/mock/request.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace tributary::providers::mock {

/// What every service has, whatever it answers: its knobs, its ledger, and how both change what is
/// sent. All members may be called from any thread.
class desk {
 public:
  /// The mishaps follow from the seed and the name, so that other services do not change them.
  desk(std::string_view service, std::uint64_t seed, const knobs& initial);
  ~desk();

  std::shared_ptr<const knobs> current() const;
  void set(const knobs& to);

  /// Counts a request that has come.
  /// @returns its number, from 0
  std::uint64_t receive() noexcept { return ledger_.count_request(); }
  /// Decides what becomes of the answer to request `number`. The same number meets the same fate.
  scripted_reply deliver(std::uint64_t number, reply answer);
  /// Takes down that the stand-in failed, which the client sees as 500.
  void on_failed() noexcept { ledger_.count_answer(500); }

  const ledger& counts() const noexcept { return ledger_; }

 private:
  struct settled;

  std::shared_ptr<const settled> active() const;

  std::uint64_t seed_;
  std::uint64_t stream_;
  mutable std::mutex mutex_;
  std::shared_ptr<const settled> active_;  ///< under `mutex_`
  std::atomic<bool> calm_{true};           ///< there is nothing to decide
  ledger ledger_;
};

}  // namespace tributary::providers::mock
