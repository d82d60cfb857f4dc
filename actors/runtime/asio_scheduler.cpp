// SPDX-License-Identifier: MIT
#include "actors/runtime/asio_scheduler.hpp"

#include <pthread.h>

#include <string>

namespace tributary::actors::runtime {

asio_scheduler::asio_scheduler(caf::actor_system& system, std::vector<http::io::event_loop*> loops,
                               std::size_t max_throughput)
    : abstract_coordinator(system), loops_(std::move(loops)), clock_(loops_) {
  max_throughput_ = max_throughput;
  num_workers_ = loops_.size();
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    workers_.push_back(std::make_unique<worker>(system, *loops_[i], i, max_throughput));
  }
}

asio_scheduler::~asio_scheduler() = default;

void asio_scheduler::enqueue(caf::resumable* what) {
  if (auto* here = worker::current()) {
    here->exec_later(what);
    return;
  }
  workers_[next_worker_++ % workers_.size()]->exec_later(what);
}

void asio_scheduler::start() {
  for (auto& w : workers_) {
    threads_.emplace_back([target = w.get()] { target->run(); });
    const auto name = "worker-" + std::to_string(w->index());
    pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
}

void asio_scheduler::stop() {
  for (auto* loop : loops_) loop->stop();
  for (auto& t : threads_) t.join();
  threads_.clear();
  clock_.cancel_all();
  for (auto& w : workers_) w->discard();
}

}  // namespace tributary::actors::runtime
