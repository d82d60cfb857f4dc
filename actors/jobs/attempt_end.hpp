// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/jobs_settings.hpp"
#include "providers/jobs/job_store.hpp"
#include "providers/vendors/vendor_answer.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What the end of an attempt means for its job: decisions without actors. Pure; any thread.
namespace tributary::actors::jobs {

namespace pj = providers::jobs;
namespace pv = providers::vendors;

/// Nobody knows whether the vendor has done the work: it is to be asked before anything is decided.
struct ask_vendor {};

/// One attempt of a job, for who decides how it ends.
struct attempt_view {
  const pj::job& job;
  const config::vendor_settings& vendor;
  pj::instant started_at{};
  pj::instant now{};
  double random = 0;  ///< [0, 1), for the delay of a retry
  const std::function<std::string(std::string_view json)>& clean;
};

/// How the attempt ends, by what became of its call.
std::variant<pj::settle, ask_vendor> end_by(const attempt_view& attempt,
                                            pv::vendor_verdict verdict);

/// How it ends, by what the vendor says when it is asked what has become of it.
pj::settle end_by_look_up(const attempt_view& attempt, pv::look_up_verdict verdict);

/// How a job ends or goes on that its vendor has kept past its deadline, by what the vendor says.
/// @param waited_before its deadline was moved once already
std::optional<pj::settle> end_by_overdue_look_up(const attempt_view& attempt, bool waited_before,
                                                 pv::look_up_verdict verdict);

/// It is to be ended for the sake of the process, or was never begun: due again after `delay`, and
/// no attempt is used.
pj::settle end_by_release(const attempt_view& attempt, pj::milliseconds delay);

/// Its client no longer wants it.
pj::settle end_by_cancel(const attempt_view& attempt);

}  // namespace tributary::actors::jobs
