// SPDX-License-Identifier: MIT
#include "http/server/session_group.hpp"

#include "http/server/session.hpp"

#include <unistd.h>

#include <utility>

namespace tributary::http::server {

namespace {

constexpr std::size_t max_spare = 256;

}  // namespace

session_group::session_group(io::event_loop& loop, std::shared_ptr<serving> shared,
                             std::shared_ptr<const generation> served)
    : loop_(loop),
      shared_(std::move(shared)),
      current_(new local_generation(std::move(served))),
      drain_timer_(io::call_member<&session_group::on_drain_timeout, session_group>, this) {}

session_group::~session_group() = default;

void session_group::serve(std::shared_ptr<const generation> served) {
  current_ = new local_generation(std::move(served));
}

void session_group::admit(int descriptor, std::string remote_address) {
  if (draining_) {
    ::close(descriptor);
    shared_->counters.open_connections.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  session_ptr opened(new session(shared_from_this(), descriptor, std::move(remote_address)));
  opened->start();
}

std::unique_ptr<exchange> session_group::make_exchange() {
  if (spare_.empty()) return std::make_unique<exchange>();
  auto made = std::move(spare_.back());
  spare_.pop_back();
  return made;
}

void session_group::recycle(std::unique_ptr<exchange> used) {
  used->recycle();
  if (spare_.size() < max_spare) spare_.push_back(std::move(used));
}

std::unique_ptr<char[]> session_group::take_buffer() {
  if (spare_buffers_.empty()) return std::unique_ptr<char[]>(new char[buffer_size]);
  auto taken = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return taken;
}

void session_group::give_buffer_back(std::unique_ptr<char[]> used) {
  if (spare_buffers_.size() < max_spare) spare_buffers_.push_back(std::move(used));
}

std::string_view session_group::date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != date_of_) {
    date_of_ = now;
    date_ = wire::format_http_date(now);
  }
  return wire::view(date_);
}

void session_group::join(session& opened) {
  opened.next_open_ = first_;
  if (first_ != nullptr) first_->link_ = &opened.next_open_;
  opened.link_ = &first_;
  first_ = &opened;
}

void session_group::leave(session& closed) {
  *closed.link_ = closed.next_open_;
  if (closed.next_open_ != nullptr) closed.next_open_->link_ = closed.link_;
  closed.next_open_ = nullptr;
  closed.link_ = nullptr;
  if (draining_) check_drained();
}

/// `f` may close any session: what one is told may let a handler answer requests of others.
template <class Function>
void session_group::each_session(Function&& f) {
  std::vector<session_ptr> open;
  for (auto* at = first_; at != nullptr; at = at->next_open_) open.emplace_back(at);
  for (const auto& each : open) f(*each);
}

void session_group::drain(std::chrono::steady_clock::duration timeout, std::function<void()> done) {
  if (std::exchange(draining_, true)) return;
  on_drained_ = std::move(done);
  const auto self = shared_from_this();
  each_session([](session& open) { open.drain(); });
  check_drained();
  if (on_drained_) loop_.arm(drain_timer_, timeout);
}

void session_group::on_drain_timeout() {
  const auto self = shared_from_this();
  each_session([](session& open) { open.close(); });
}

void session_group::check_drained() {
  if (first_ != nullptr || !on_drained_) return;
  drain_timer_.cancel();
  std::exchange(on_drained_, nullptr)();
}

}  // namespace tributary::http::server
