// SPDX-License-Identifier: MIT
#include "http/client/pending_fetch.hpp"

#include "http/client/connection.hpp"
#include "http/client/connection_pool.hpp"

#include <utility>

namespace tributary::http::client {

pending_fetch::pending_fetch(io::event_loop& loop, fetch_request&& request,
                             std::shared_ptr<fetch_sink>&& sink)
    : loop_(loop), request_(std::move(request)), sink_(std::move(sink)) {}

void pending_fetch::begin(connection_pool& pool) {
  pool_ = &pool;
  loop_.arm_at(deadline_, request_.deadline);
}

void pending_fetch::cancel() {
  if (done_.load(std::memory_order_acquire)) return;
  loop_.post([self = shared_from_this()] { self->abort("cancelled"); });
}

void pending_fetch::abort(std::string_view why) {
  if (done_.load(std::memory_order_relaxed)) return;
  if (connection != nullptr) connection->abandon();
  fetch_result result;
  result.error = wire::error_token::connection_terminated;
  result.detail = why;
  result.cancelled = true;
  result.ended = std::chrono::steady_clock::now();
  deliver(std::move(result));
}

void pending_fetch::on_deadline() {
  if (deferred_ != nullptr) return;
  if (connection != nullptr) return connection->on_deadline();
  fail(wire::error_token::http_response_timeout, "deadline passed");
}

void pending_fetch::fail(wire::error_token error, std::string_view detail) {
  fetch_result result;
  result.error = error;
  result.detail = detail;
  result.ended = std::chrono::steady_clock::now();
  finish(std::move(result));
}

void pending_fetch::finish(fetch_result&& result) {
  if (pool_ == nullptr || pool_->in_fetch_) return deliver_later(std::move(result));
  deliver(std::move(result));
}

void pending_fetch::deliver_later(fetch_result&& result) {
  deferred_ = std::make_unique<fetch_result>(std::move(result));
  loop_.post([self = shared_from_this()] {
    if (!self->done_.load(std::memory_order_relaxed)) self->deliver(std::move(*self->deferred_));
  });
}

void pending_fetch::deliver(fetch_result&& result) {
  const auto self = shared_from_this();
  done_.store(true, std::memory_order_release);
  deadline_.cancel();
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->forget(*this);
  // The last thing done: the sink may destroy the pool.
  std::exchange(sink_, nullptr)->on_fetched(std::move(result));
}

}  // namespace tributary::http::client
