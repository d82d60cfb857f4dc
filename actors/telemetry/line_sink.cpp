// SPDX-License-Identifier: MIT
#include "actors/telemetry/line_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <poll.h>
#include <unistd.h>

namespace tributary::actors::telemetry {
namespace {

using namespace std::chrono_literals;

/// Up to this size a write to a pipe is not mixed with those of other processes, and does not block
/// once poll says that there is room (pipe(7), PIPE_BUF).
constexpr std::size_t atomic_size = 4096;
constexpr std::size_t hold_at_most = 64 * 1024;
constexpr auto linger = 1ms;

std::int64_t now_ns() noexcept {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

std::uint64_t count_lines(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

void line_sink::add_lost(std::uint64_t lines) noexcept {
  lost_.fetch_add(lines, std::memory_order_relaxed);
  add_written(lines);
}

void line_sink::add_written(std::uint64_t lines) noexcept {
  {
    const std::lock_guard lock(mutex_);
    settled_ += lines;
  }
  changed_.notify_all();
}

bool line_sink::wait(std::chrono::milliseconds limit,
                     const std::function<bool(std::uint64_t)>& finished) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return finished(settled_); });
}

void function_sink::log(const spdlog::details::log_msg& line) {
  writer_({line.payload.data(), line.payload.size()});
  add_written(1);
}

void descriptor_sink::log(const spdlog::details::log_msg& line) {
  held_.append(line.payload.data(), line.payload.size());
  const bool urgent = line.level >= spdlog::level::err;
  if (!urgent && held_.size() < hold_at_most && more_is_coming()) return;
  write_all();
}

bool descriptor_sink::more_is_coming() {
  auto* pool = pool_.load(std::memory_order_acquire);
  if (!pool) return false;
  if (pool->queue_size() != 0) return true;
  if (lingered_ || give_up_at_.load(std::memory_order_relaxed) != 0) return false;
  // While this thread sleeps here and not on the queue, callers need no system call to wake it.
  lingered_ = true;
  std::this_thread::sleep_for(linger);
  return pool->queue_size() != 0;
}

void descriptor_sink::hurry() {
  give_up_at_.store(now_ns() + patience_.count(), std::memory_order_relaxed);
}

void descriptor_sink::write_all() {
  const std::uint64_t lines = count_lines(held_);
  std::string_view rest = held_;
  while (!rest.empty()) {
    auto size = std::min(rest.size(), atomic_size);
    if (const auto last = rest.substr(0, size).rfind('\n'); last != rest.npos) size = last + 1;
    const auto written = write_some(rest.substr(0, size));
    if (written == 0) break;
    rest.remove_prefix(written);
  }
  const auto missing = count_lines(rest);
  held_.clear();
  lingered_ = false;
  add_written(lines - missing);
  if (missing != 0) add_lost(missing);
}

std::size_t descriptor_sink::write_some(std::string_view text) {
  while (wait_writable()) {
    const auto written = ::write(descriptor_, text.data(), text.size());
    if (written > 0) return static_cast<std::size_t>(written);
    if (errno != EINTR && errno != EAGAIN) return 0;
  }
  return 0;
}

bool descriptor_sink::wait_writable() const {
  for (;;) {
    pollfd watched{descriptor_, POLLOUT, 0};
    if (::poll(&watched, 1, 100) > 0) return true;  // an error shows in the write
    const auto end = give_up_at_.load(std::memory_order_relaxed);
    if (end != 0 && now_ns() > end) return false;
  }
}

}  // namespace tributary::actors::telemetry
