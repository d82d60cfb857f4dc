// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "http/server/listener.hpp"
#include "http/server/router.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tributary::tests {

/// An observer that keeps what it is told.
class recording_observer final : public http::server::observer {
 public:
  struct entry {
    std::string path;
    std::size_t route;
    http::server::outcome result;
  };

  void on_answered(const http::server::request& asked,
                   const http::server::outcome& result) noexcept override {
    const std::lock_guard lock(mutex_);
    entries_.push_back({std::string(asked.path), asked.route, result});
  }
  std::vector<entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<entry> entries_;
};

/// A listener on a free loopback port, or a Unix socket, with its own loops and threads.
class test_server {
 public:
  test_server(std::shared_ptr<const http::server::router> routes,
              config::server_settings settings = {}, std::size_t workers = 1) {
    if (!settings.address.starts_with("unix:")) settings.address = "127.0.0.1";
    settings.port = 0;
    std::vector<http::io::event_loop*> pointers;
    for (std::size_t i = 0; i < workers; ++i) {
      loops_.push_back(std::make_unique<http::io::event_loop>());
      pointers.push_back(loops_.back().get());
    }
    listener_ =
        std::make_unique<http::server::listener>(settings, pointers, serving(std::move(routes)));
    if (const auto error = listener_->start()) throw std::runtime_error(error.message());
    for (auto& loop : loops_) threads_.emplace_back([&loop] { loop->run(); });
  }

  ~test_server() {
    for (auto& loop : loops_) loop->stop();
    for (auto& thread : threads_) thread.join();
    listener_.reset();
  }

  /// A generation of these routes, watched by `observer`.
  std::shared_ptr<const http::server::generation> serving(
      std::shared_ptr<const http::server::router> routes) {
    auto result = std::make_shared<http::server::generation>();
    result->routes = std::move(routes);
    result->watcher = {std::shared_ptr<void>{}, &observer};
    return result;
  }

  std::uint16_t port() const { return listener_->port(); }
  http::server::listener& listener() { return *listener_; }
  const http::server::serving_counters& counters() const { return listener_->counters(); }

  /// Runs `f` on the first loop and waits for it: everything posted before has then been done.
  void run_on_loop(std::function<void()> f = [] {}) {
    std::promise<void> done;
    loops_.front()->post([&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }

  recording_observer observer;

 private:
  std::vector<std::unique_ptr<http::io::event_loop>> loops_;
  std::unique_ptr<http::server::listener> listener_;
  std::vector<std::thread> threads_;
};

}  // namespace tributary::tests
