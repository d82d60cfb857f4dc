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
  for (const auto& address : found.addresses) {
    result.endpoints.emplace_back(asio::ip::tcp::endpoint{address, port});
  }
  return result;
}

}  // namespace

/// Bridges a look-up's thread to the loop, which may be gone when the answer comes.
struct host_addresses::lookup {
  std::mutex mutex;
  event_loop* loop;       ///< guarded; null: nobody waits any more
  host_addresses* owner;  ///< loop thread only
};

std::chrono::milliseconds retry_pause(const look_up_times& times, unsigned failures) noexcept {
  auto result = times.retry;
  for (unsigned i = 1; i < failures && result < times.refresh; ++i) result *= 2;
  return std::min(result, times.refresh);
}

host_addresses::host_addresses(event_loop& loop, const std::string& host, std::uint16_t port,
                               std::shared_ptr<name_resolver> resolver, look_up_times times)
    : loop_(loop),
      host_(without_brackets(host)),
      port_(port),
      resolver_(std::move(resolver)),
      times_(times) {
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(host_, not_numeric);
  if (not_numeric) return;
  fixed_ = true;
  turns_.assign({asio::ip::tcp::endpoint{address, port}});
}

host_addresses::host_addresses(event_loop& loop, const std::string& host, const endpoint& only)
    : loop_(loop), host_(host), port_(0), fixed_(true) {
  turns_.assign({only});
}

host_addresses::~host_addresses() {
  if (lookup_ == nullptr) return;
  const std::lock_guard lock{lookup_->mutex};
  lookup_->loop = nullptr;
  lookup_->owner = nullptr;
}

void host_addresses::wait(address_waiter& who, steady_time now) {
  const bool known = !turns_.empty();
  const bool impatient = lookup_ != nullptr && now >= asked_at_ + times_.patience;
  if (known ? !in_doubt_ || impatient : now < failed_until_) {
    return who.on_addresses(answer_of_now(now));
  }
  waiting_.push_back(&who);
  if (lookup_ == nullptr) look_up(now);  // else all wait for the one under way
  if (known && !patience_.armed()) loop_.arm_at(patience_, asked_at_ + times_.patience);
}

void host_addresses::leave(address_waiter& who) noexcept { std::erase(waiting_, &who); }

void host_addresses::doubt(steady_time now) {
  if (fixed_ || turns_.empty() || now < doubt_from_) return;
  in_doubt_ = true;
  if (lookup_ == nullptr) look_up(now);
}

void host_addresses::on_due() {
  if (lookup_ == nullptr) look_up(std::chrono::steady_clock::now());
}

void host_addresses::look_up(steady_time now) {
  asked_at_ = now;
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
  const auto now = std::chrono::steady_clock::now();
  lookup_ = nullptr;
  in_doubt_ = false;
  if (found.endpoints.empty()) {
    take_failure(std::move(found.error), now);
  } else {
    take_good(found, now);
  }
  tell_waiting();
}

void host_addresses::take_good(const address_answer& found, steady_time now) {
  failures_ = 0;
  error_.clear();
  const bool all_known = std::all_of(found.endpoints.begin(), found.endpoints.end(),
                                     [this](const auto& each) { return turns_.has(each); });
  doubt_from_ = all_known ? now + times_.retry : steady_time{};
  const bool some_left = turns_.assign(found.endpoints);
  loop_.arm_at(due_, now + times_.refresh);
  if (some_left && watcher_ != nullptr) watcher_->on_addresses_left();
}

/// Where addresses are known they go on serving, and the name is looked up again soon. Where none
/// is, whoever asks after a while has it looked up.
void host_addresses::take_failure(std::string error, steady_time now) {
  error_ = std::move(error);
  const auto pause = retry_pause(times_, ++failures_);
  failed_until_ = now + times_.retry;
  doubt_from_ = now + pause;
  if (!turns_.empty()) loop_.arm_at(due_, now + pause);
}

std::shared_ptr<const address_answer> host_addresses::answer_of_now(steady_time now) {
  auto result = std::make_shared<address_answer>();
  result->endpoints = turns_.next(now);
  if (result->endpoints.empty()) result->error = error_;
  return result;
}

void host_addresses::tell_waiting() {
  const host_addresses_ptr self{this};
  patience_.cancel();
  const auto now = std::chrono::steady_clock::now();
  // Those of now: who is told may take others out, and ask again.
  for (auto left = waiting_.size(); left > 0 && !waiting_.empty(); --left) {
    auto* next = waiting_.front();
    waiting_.pop_front();
    next->on_addresses(answer_of_now(now));
  }
}

}  // namespace tributary::http::io
