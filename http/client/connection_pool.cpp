// SPDX-License-Identifier: MIT
#include "http/client/connection_pool.hpp"

#include "http/client/connection.hpp"
#include "http/client/pending_fetch.hpp"
#include "http/client/request_writer.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::client {

namespace {

io::dial_target target_of(io::event_loop& loop, const config::upstream_settings& settings,
                          const pool_services& services) {
  io::dial_target result;
  if (!settings.socket.empty()) {
    result.addresses.reset(
        new io::host_addresses{loop, settings.host, io::file_endpoint(settings.socket)});
    return result;
  }
  result.addresses.reset(new io::host_addresses{
      loop, settings.host, settings.port, services.resolver, {.refresh = settings.dns_refresh}});
  if (settings.tls) result.tls = {services.tls, settings.tls_options.server_name};
  return result;
}

}  // namespace

connection_pool::connection_pool(io::event_loop& loop, const config::upstream_settings& settings,
                                 const pool_services& services)
    : loop_(loop),
      settings_(settings),
      target_(target_of(loop, settings, services)),
      fixed_fields_(make_fixed_fields(settings.host, settings.port, settings.tls)) {
  target_.addresses->watch(this);
}

connection_pool::~connection_pool() {
  target_.addresses->watch(nullptr);
  shutdown();
}

void connection_pool::shutdown() {
  closed_ = true;
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
  if (!fresh && !call->request().at_most_once && assign_idle(call)) return;
  if (fresh) counters_.retried.fetch_add(1, std::memory_order_relaxed);
  if (connections_.size() >= settings_.max_connections && !idle_.empty()) idle_.front()->close();
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
    if (!(repeatable && candidate.watched()) && !candidate.looks_alive()) {
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
  const auto kept = !closed_ && idle_.size() < settings_.max_idle_connections &&
                    now < end_of_life && target_.addresses->has(served.peer());
  if (!kept) return served.close();
  idle_.push_back(&served);
  count();
  served.rest(std::min(now + settings_.idle_timeout, end_of_life));
}

void connection_pool::on_addresses_left() {
  const auto idle = idle_;
  for (auto* each : idle) {
    if (!target_.addresses->has(each->peer())) each->close();
  }
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

}  // namespace tributary::http::client
