// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/fetch.hpp"
#include "http/io/event_loop.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace tributary::http::client {

class connection;
class connection_pool;

/// The client's side of an exchange: request, deadline, and the one place where the sink is told.
/// Everything but `cancel` belongs to the loop's thread.
class pending_fetch final : public fetch_handle,
                            public std::enable_shared_from_this<pending_fetch> {
 public:
  pending_fetch(io::event_loop& loop, fetch_request&& request, std::shared_ptr<fetch_sink>&& sink);

  void cancel() override;

  const fetch_request& request() const noexcept { return request_; }
  io::steady_time started() const noexcept { return request_.started; }

  /// Registers with `pool` and arms the deadline.
  void begin(connection_pool& pool);

  /// Tells the sink, once: at once, or from a later turn of the loop while `fetch` is on the stack.
  void finish(fetch_result&& result);
  void fail(wire::error_token error, std::string_view detail);

  /// Ends it as cancelled, with its connection.
  void abort(std::string_view why);

  /// The connection that works on this fetch, if any; kept up to date by the connection.
  client::connection* connection = nullptr;

  /// A stale connection has cost it its one silent retry.
  bool retried = false;

 private:
  friend class connection_pool;

  void on_deadline();
  void deliver_later(fetch_result&& result);
  void deliver(fetch_result&& result);

  io::event_loop& loop_;
  connection_pool* pool_ = nullptr;  ///< null before `begin` and after the end
  std::size_t index_ = 0;            ///< among the pool's calls
  fetch_request request_;
  std::shared_ptr<fetch_sink> sink_;
  std::unique_ptr<fetch_result> deferred_;
  std::atomic<bool> done_{false};
  io::timer deadline_{io::call_member<&pending_fetch::on_deadline, pending_fetch>, this};
};

}  // namespace tributary::http::client
