// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/bulkhead.hpp"
#include "actors/guards/circuit_breaker.hpp"
#include "config/sections/upstream_settings.hpp"
#include "http/client/fetch.hpp"
#include "http/wire/error_token.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::client {
class fetch_handle;
}

namespace tributary::actors::guards {

struct upstream_resources;
class call_verdict;

/// What came of a call: an answer, or the reason why there is none.
struct call_result {
  http::wire::error_token error = http::wire::error_token::none;
  std::string_view
      detail;      ///< a literal: `breaker_open`, `rate_limited`, `bulkhead_full`, `dropped` …
  int status = 0;  ///< 0: no answer
  std::string header_block;  ///< of the answer
  http::wire::shared_bytes body;
  steady_time ended{};
  std::chrono::nanoseconds duration{0};  ///< from the first guard to the end
  std::optional<std::chrono::milliseconds>
      retry_after;  ///< the breaker's rest, or the upstream's wish

  /// Of an answered call with `judged_by_requester`; null where no breaker asks.
  std::shared_ptr<call_verdict> verdict;

  // Of an answer that passed a part cache.
  bool from_cache = false;
  bool stale = false;                             ///< past its time
  std::optional<std::chrono::seconds> age;        ///< of one from the cache
  std::optional<std::chrono::seconds> fresh_for;  ///< how long it may be kept from here on
};

/// What is wanted of an upstream.
struct call_request {
  std::string_view method = "GET";  ///< a literal
  std::string target;               ///< origin-form, upstream's prefix included
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string request_id;                     ///< sent as X-Request-Id
  steady_time deadline;                       ///< for the whole answer
  std::chrono::milliseconds min_attempt{10};  ///< with less time left the call is not started
  bool retry = false;  ///< not the first call for its purpose: pays nothing into the budget
  /// Must not reach the upstream twice: it gets a connection of its own, answers are not shared,
  /// and no retry follows once it may have been sent.
  bool at_most_once = false;
  /// The status does not tell whether the upstream is well: the breaker waits for `call_verdict`.
  bool judged_by_requester = false;
};

/// One call on its way through limiter, breaker and upstream. Whoever holds the last reference when
/// no answer was given has dropped it, by a crash for example; its requester is told so at once
/// (`proxy_internal_error`). So every call is answered exactly once, and none ever hangs.
///
/// Passed from actor to actor in messages, touched by one of them at a time; only `cancel` may be
/// called from elsewhere.
class upstream_call final : public http::client::fetch_sink,
                            public std::enable_shared_from_this<upstream_call> {
 public:
  /// @param reply_to receives `call_answered{context, index, result}`
  upstream_call(caf::actor reply_to, std::shared_ptr<void> context, std::size_t index,
                call_request asked, steady_time now);
  ~upstream_call() override;

  const call_request& asked() const noexcept { return asked_; }

  /// True once nobody waits for the answer any more. Any thread.
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

  /// The breaker that let the call pass wants to hear how it ended; what decides nothing is counted
  /// in `shared` without troubling it. `shared` outlives all calls.
  void admitted_by(upstream_resources& shared, caf::actor breaker, breaker_permit permit);

  /// The bulkhead's place is given back when the call ends.
  void holds(bulkhead::permit place) { place_ = std::move(place); }

  /// Stands in the line of `places`, which outlives all calls, and leaves it when it is cancelled,
  /// which may have happened already.
  void waits(bulkhead& places, const bulkhead::ticket& place);

  /// The call is really made now: counts it among the upstream's, until and with its end, which
  /// may have something to say to all later calls. `shared` outlives all calls.
  void made_by(upstream_resources& shared, steady_time now);

  /// The request as it is sent; its views live as long as this call.
  http::client::fetch_request prepare(const config::upstream_settings& upstream, steady_time now,
                                      steady_time deadline);

  /// Where the fetch can be cancelled. Follows a `cancel` that came before.
  void started(std::shared_ptr<http::client::fetch_handle> fetch);

  /// Ends the call with an answer, or a failure, that somebody else got. Does nothing when it has
  /// ended already.
  void finish(call_result&& result);

  /// Ends the call without an answer. Does nothing when it has ended already.
  void fail(http::wire::error_token error, std::string_view detail, steady_time now,
            std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

  /// The requester is no longer interested: closes the socket of a call in flight. Any thread.
  void cancel();

  /// From the connection pool, on its worker's thread.
  void on_fetched(http::client::fetch_result&& fetched) override;

 private:
  bool follow(const http::client::fetch_result& fetched);
  void count(const call_result& result);
  call_outcome outcome_of(const call_result& result) const;
  void judge(call_result& result);

  caf::actor reply_to_;
  std::shared_ptr<void> context_;
  std::size_t index_;
  call_request asked_;
  std::string remaining_ms_;  ///< value of the deadline header
  std::string redirected_;    ///< target after redirects; empty: that of `asked_`
  std::size_t redirects_ = 0;
  steady_time deadline_{};  ///< of the fetch that was prepared last
  steady_time began_;
  bool ended_ = false;

  upstream_resources* shared_ = nullptr;  ///< set by the first that needs it
  caf::actor breaker_;
  breaker_permit permit_;
  std::optional<bulkhead::permit> place_;
  std::optional<steady_time> made_at_;

  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  ///< guards the rest: set on a worker, read by cancel
  std::shared_ptr<http::client::fetch_handle> fetch_;
  bulkhead* line_ = nullptr;
  bulkhead::ticket ticket_;
};

}  // namespace tributary::actors::guards
