// SPDX-License-Identifier: MIT
#include "http/io/host_addresses.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tributary::http::io {

namespace {

std::string without_brackets(const std::string& host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

address_answer answer_of(resolution&& found, std::uint16_t port) {
  address_answer result{{}, std::move(found.error)};
  result.endpoints.reserve(found.addresses.size());
  for (const auto& address : found.addresses) result.endpoints.emplace_back(address, port);
  return result;
}

}  // namespace

/// Bridges a look-up's thread to the loop, which may be gone when the answer comes.
struct host_addresses::lookup {
  std::mutex mutex;
  event_loop* loop;       ///< guarded; null: nobody waits any more
  host_addresses* owner;  ///< loop thread only
};

host_addresses::host_addresses(event_loop& loop, const std::string& host, std::uint16_t port,
                               std::shared_ptr<name_resolver> resolver, address_lifetimes kept)
    : loop_(loop),
      host_(without_brackets(host)),
      port_(port),
      resolver_(std::move(resolver)),
      kept_(kept) {
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(host_, not_numeric);
  if (not_numeric) return;
  answer_ = std::make_shared<const address_answer>(address_answer{{{address, port}}, {}});
  good_until_ = steady_time::max();
}

host_addresses::~host_addresses() {
  if (lookup_ == nullptr) return;
  const std::lock_guard lock{lookup_->mutex};
  lookup_->loop = nullptr;
  lookup_->owner = nullptr;
}

void host_addresses::wait(address_waiter& who, steady_time now) {
  if (now < good_until_) return who.on_addresses(answer_);
  waiting_.push_back(&who);
  if (lookup_ == nullptr) look_up();  // else all wait for the one under way
}

void host_addresses::leave(address_waiter& who) noexcept { std::erase(waiting_, &who); }

void host_addresses::distrust() noexcept {
  if (good_until_ != steady_time::max()) good_until_ = {};
}

void host_addresses::look_up() {
  lookup_ = std::make_shared<lookup>();
  lookup_->loop = &loop_;
  lookup_->owner = this;
  auto done = [asked = lookup_, port = port_](resolution found) {
    auto answer = answer_of(std::move(found), port);
    const std::lock_guard lock{asked->mutex};
    if (asked->loop == nullptr) return;
    asked->loop->post([asked, answer = std::move(answer)]() mutable {
      if (asked->owner != nullptr) asked->owner->on_looked_up(std::move(answer));
    });
  };
  if (resolver_ == nullptr) return done({{}, "no resolver"});
  resolver_->resolve(host_, std::move(done));
}

void host_addresses::on_looked_up(address_answer found) {
  const host_addresses_ptr self{this};  // whoever is told may let go of it
  lookup_ = nullptr;
  good_until_ =
      std::chrono::steady_clock::now() + (found.endpoints.empty() ? kept_.bad : kept_.good);
  answer_ = std::make_shared<const address_answer>(std::move(found));
  const auto answer = answer_;
  // Those of now: who is told may take others out, and ask again.
  for (auto left = waiting_.size(); left > 0 && !waiting_.empty(); --left) {
    auto* next = waiting_.front();
    waiting_.pop_front();
    next->on_addresses(answer);
  }
}

}  // namespace tributary::http::io
