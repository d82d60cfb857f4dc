// SPDX-License-Identifier: MIT
#include "http/client/connection_pool.hpp"

#include "http/client/connection.hpp"
#include "http/client/name_resolver.hpp"
#include "http/client/pending_fetch.hpp"
#include "http/client/request_writer.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::http::client {

namespace {

using std::chrono::steady_clock;
constexpr auto good_answer_kept = std::chrono::seconds{30};
constexpr auto bad_answer_kept = std::chrono::seconds{1};

/// An idle connection younger than this is taken without a look: under load that spares a system
/// call for each exchange, and hardly a peer closes so soon.
constexpr auto taken_unseen = std::chrono::milliseconds{1000};

std::string without_brackets(const std::string& host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

}  // namespace

/// Bridges a look-up's thread to the pool, which may be gone when the answer comes.
struct address_lookup {
  std::mutex mutex;
  io::event_loop* loop;   ///< guarded; null: nobody waits any more
  connection_pool* pool;  ///< loop thread only
};

connection_pool::connection_pool(io::event_loop& loop, const config::upstream_settings& settings,
                                 pool_services services)
    : loop_(loop),
      settings_(settings),
      services_(std::move(services)),
      host_(without_brackets(settings.host)),
      fixed_fields_(make_fixed_fields(settings.host, settings.port, settings.tls)),
      addresses_(std::make_shared<endpoints>()) {
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(host_, not_numeric);
  if (not_numeric) return;
  addresses_ = std::make_shared<endpoints>(1, asio::ip::tcp::endpoint{address, settings.port});
  addresses_until_ = io::steady_time::max();
}

connection_pool::~connection_pool() { shutdown(); }

void connection_pool::shutdown() {
  closed_ = true;
  if (lookup_ != nullptr) {
    const std::lock_guard lock{lookup_->mutex};
    lookup_->loop = nullptr;
    lookup_->pool = nullptr;
  }
  lookup_ = nullptr;
  const auto calls = calls_;
  for (const auto& call : calls) call->abort("shutting down");
  const auto connections = connections_;
  for (const auto& open : connections) open->close();
}

std::shared_ptr<fetch_handle> connection_pool::fetch(fetch_request request,
                                                     std::shared_ptr<fetch_sink> sink) {
  auto call = std::make_shared<pending_fetch>(loop_, std::move(request), std::move(sink));
  if (closed_) {
    fetch_result refused;
    refused.error = wire::error_token::connection_terminated;
    refused.detail = "shutting down";
    refused.cancelled = true;
    refused.ended = call->started();
    call->finish(std::move(refused));
    return call;
  }
  in_fetch_ = true;
  remember(call);
  assign(call, false);
  in_fetch_ = false;
  return call;
}

void connection_pool::assign(const call_ptr& call, bool fresh) {
  const auto complaint = write_request(encoded_, call->request(), fixed_fields_);
  if (!complaint.empty()) return call->fail(wire::error_token::proxy_internal_error, complaint);
  if (!fresh && assign_idle(call)) return;
  if (fresh) counters_.retried.fetch_add(1, std::memory_order_relaxed);
  if (connections_.size() >= settings_.max_connections) {
    return call->fail(wire::error_token::connection_limit_reached, "all connections in use");
  }
  const connection_ptr opened{new connection{*this}};
  opened->index = connections_.size();
  connections_.push_back(opened);
  counters_.opened.fetch_add(1, std::memory_order_relaxed);
  count();
  std::swap(opened->outgoing(), encoded_);
  opened->open(call);
}

bool connection_pool::assign_idle(const call_ptr& call) {
  const auto repeatable = is_idempotent(call->request().method);
  while (!idle_.empty()) {
    auto& candidate = *idle_.back();
    const auto fresh_enough = call->started() - candidate.idle_since() < taken_unseen;
    if (!(repeatable && fresh_enough) && !candidate.looks_alive()) {
      candidate.close();
      continue;
    }
    idle_.pop_back();
    counters_.reused.fetch_add(1, std::memory_order_relaxed);
    count();
    std::swap(candidate.outgoing(), encoded_);
    candidate.start(call);
    return true;
  }
  return false;
}

void connection_pool::release(connection& served, io::steady_time now) {
  const auto end_of_life = served.opened_at() + settings_.max_lifetime;
  if (closed_ || idle_.size() >= settings_.max_idle_connections || now >= end_of_life) {
    return served.close();
  }
  idle_.push_back(&served);
  count();
  served.rest(now, std::min(now + settings_.idle_timeout, end_of_life));
}

void connection_pool::forget(connection& closed, bool was_idle) {
  if (was_idle) idle_.erase(std::find(idle_.begin(), idle_.end(), &closed));
  const auto index = closed.index;
  connections_.back()->index = index;
  // May destroy `closed`, unless an operation or a caller holds on to it.
  const auto last = std::exchange(connections_[index], std::move(connections_.back()));
  connections_.pop_back();
  count();
}

void connection_pool::remember(const call_ptr& call) {
  call->index_ = calls_.size();
  calls_.push_back(call);
  call->begin(*this);
}

void connection_pool::forget(pending_fetch& ended) {
  const auto index = ended.index_;
  calls_.back()->index_ = index;
  std::swap(calls_[index], calls_.back());
  calls_.pop_back();
}

void connection_pool::count() noexcept {
  counters_.open.store(connections_.size(), std::memory_order_relaxed);
  counters_.idle.store(idle_.size(), std::memory_order_relaxed);
}

void connection_pool::distrust_addresses() noexcept {
  if (addresses_until_ != io::steady_time::max()) addresses_until_ = {};
}

void connection_pool::look_up() {
  if (lookup_ != nullptr) return;  // everybody waits for the one under way
  lookup_ = std::make_shared<address_lookup>();
  lookup_->loop = &loop_;
  lookup_->pool = this;
  auto done = [lookup = lookup_, port = settings_.port](resolution answer) {
    endpoints found;
    found.reserve(answer.addresses.size());
    for (const auto& address : answer.addresses) found.emplace_back(address, port);
    const std::lock_guard lock{lookup->mutex};
    if (lookup->loop == nullptr) return;
    lookup->loop->post([lookup, found = std::move(found), error = std::move(answer.error)] {
      if (lookup->pool != nullptr) lookup->pool->on_looked_up(found, error);
    });
  };
  if (services_.resolver == nullptr) return done({{}, "no resolver"});
  services_.resolver->resolve(host_, std::move(done));
}

void connection_pool::on_looked_up(endpoints found, std::string error) {
  lookup_ = nullptr;
  const auto kept = found.empty() ? bad_answer_kept : good_answer_kept;
  addresses_until_ = steady_clock::now() + kept;
  addresses_ = std::make_shared<endpoints>(std::move(found));
  lookup_error_ = std::move(error);
  const auto connections = connections_;
  for (const auto& waiting : connections) {
    if (waiting->resolving()) waiting->on_addresses();
  }
}

}  // namespace tributary::http::client
