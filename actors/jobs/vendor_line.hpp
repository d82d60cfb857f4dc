// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_call.hpp"
#include "actors/jobs/jobs_state.hpp"
#include "actors/supervision/slot.hpp"
#include "providers/vendors/vendor_answer.hpp"
#include "providers/vendors/vendor_call.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tributary::actors::jobs {

namespace pv = providers::vendors;

/// The way to one vendor, through its guards. Of one actor.
class vendor_line {
 public:
  /// @param vendor is not of kind `echo`, and outlives this
  explicit vendor_line(vendor_resources& vendor);

  /// What is said beside the request itself.
  struct terms {
    std::string request_id;
    bool is_retry = false;
    std::chrono::milliseconds timeout{0};
  };

  /// Makes a call; `reply_to` gets `call_answered` with `context` and `index`.
  std::shared_ptr<guards::upstream_call> call(pv::vendor_call&& what, const terms& said,
                                              const caf::actor& reply_to,
                                              std::shared_ptr<void> context, std::size_t index,
                                              std::chrono::steady_clock::time_point now);

  /// Where the vendor's paths begin.
  std::string_view prefix() const noexcept;

 private:
  vendor_resources& vendor_;
  std::vector<supervision::supervised_ref> guards_;  ///< the first of them, by worker
};

/// How a call to a vendor ended, for those who judge it.
pv::call_end end_of(const guards::call_result& result);

}  // namespace tributary::actors::jobs
