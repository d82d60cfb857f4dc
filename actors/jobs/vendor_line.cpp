// SPDX-License-Identifier: MIT
#include "actors/jobs/vendor_line.hpp"

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"

#include <utility>

namespace tributary::actors::jobs {

vendor_line::vendor_line(vendor_resources& vendor)
    : vendor_(vendor),
      guards_(vendor.upstream->first_guards.begin(), vendor.upstream->first_guards.end()) {}

std::string_view vendor_line::prefix() const noexcept {
  return pv::prefix_of(vendor_.upstream->settings.path_prefix);
}

std::shared_ptr<guards::upstream_call> vendor_line::call(
    pv::vendor_call&& what, const terms& said, const caf::actor& reply_to,
    std::shared_ptr<void> context, std::size_t index, std::chrono::steady_clock::time_point now) {
  guards::call_request asked;
  asked.method = what.method;
  asked.target = std::move(what.target);
  asked.headers = std::move(what.headers);
  asked.body = std::move(what.body);
  asked.request_id = said.request_id;
  asked.deadline = now + said.timeout;
  asked.retry = said.is_retry;
  auto result = std::make_shared<guards::upstream_call>(reply_to, std::move(context), index,
                                                        std::move(asked), now);
  const auto* here = runtime::worker::current();
  auto& guard = guards_[here == nullptr ? 0 : here->index()];
  if (const auto* to = guard.get()) {
    runtime::tell(*to, make_call{result, now});
  } else {
    result->fail(http::wire::error_token::destination_unavailable, "restarting", now);
  }
  return result;
}

pv::call_end end_of(const guards::call_result& result) {
  return {result.error,  result.detail,       result.retry_after,
          result.status, result.header_block, result.body};
}

}  // namespace tributary::actors::jobs
