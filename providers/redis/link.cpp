// SPDX-License-Identifier: MIT
#include "providers/redis/link.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tributary::providers::redis {

namespace {

http::io::dial_target target_of(http::io::event_loop& loop, const client_settings& settings,
                                const client_services& services) {
  const auto& to = settings.address;
  http::io::dial_target result;
  result.addresses.reset(new http::io::host_addresses{
      loop, to.host, to.port, services.resolver, {.refresh = settings.dns_refresh}});
  if (to.tls) result.tls = {services.tls, settings.server_name};
  return result;
}

}  // namespace

milliseconds reconnect_delay(const client_settings& settings, unsigned failures, double unit) {
  constexpr unsigned enough = 20;
  const auto doubled = settings.reconnect_min * (1LL << std::min(failures, enough));
  const auto delay = std::min<milliseconds>(doubled, settings.reconnect_max);
  const auto share = 1.0 + settings.jitter * std::clamp(unit, -1.0, 1.0);
  return milliseconds{static_cast<long long>(static_cast<double>(delay.count()) * share)};
}

link::link(http::io::event_loop& loop, client_settings settings, client_services services)
    : loop_(loop),
      settings_(std::move(settings)),
      services_(std::move(services)),
      target_(target_of(loop, settings_, services_)),
      random_(std::random_device{}()) {}

link::~link() = default;

void link::start() { connect(); }

void link::connect() {
  state_->attempts.fetch_add(1, std::memory_order_relaxed);
  transport_.reset(new transport{loop_, settings_, target_, *this});
  transport_->open();
}

void link::on_ready() {
  const boost::intrusive_ptr<link> self{this};
  if (std::exchange(was_up_, true)) state_->reconnects.fetch_add(1, std::memory_order_relaxed);
  up_ = true;
  up_since_ = std::chrono::steady_clock::now();
  on_up();
}

void link::on_reply(reply&& answer) {
  const boost::intrusive_ptr<link> self{this};
  on_answer(std::move(answer));
}

void link::on_closed(failure why, std::string_view text) {
  const boost::intrusive_ptr<link> self{this};
  state_->set_error(text);
  const auto was_up = std::exchange(up_, false);
  // Only what has worked for a while starts anew: a server that drops each connection gets no more
  // attempts than one that refuses them.
  const auto now = std::chrono::steady_clock::now();
  if (was_up && now - up_since_ >= settings_.reconnect_max) failures_ = 0;
  // A Redis that has moved is found by the next attempt, if not at another of its addresses.
  if (const auto* peer = transport_->peer()) target_.addresses->failed(*peer, now);
  target_.addresses->doubt(now);
  loop_.arm_at(retry_, now + reconnect_delay(settings_, failures_, unit()));
  ++failures_;
  if (was_up) on_down(why);
}

void link::drop(failure why, std::string_view text) {
  if (transport_ != nullptr) transport_->fail(why, text);
}

void link::stop() {
  stopped_ = true;
  up_ = false;
  retry_.cancel();
  if (transport_ != nullptr) transport_->close();
}

double link::unit() {
  if (services_.jitter) return services_.jitter();
  return std::uniform_real_distribution{-1.0, 1.0}(random_);
}

}  // namespace tributary::providers::redis
