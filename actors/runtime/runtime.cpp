// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime.hpp"

#include "actors/runtime/asio_scheduler.hpp"
#include "actors/runtime/runtime_config.hpp"

#include <caf/logger.hpp>

#include <algorithm>
#include <future>
#include <thread>

namespace tributary::actors::runtime {

runtime::runtime(const config::runtime_settings& settings)
    : config_(std::make_unique<runtime_config>()) {
  const auto workers = settings.workers != 0
                           ? settings.workers
                           : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < workers; ++i) {
    owned_loops_.push_back(std::make_unique<http::io::event_loop>());
    loops_.push_back(owned_loops_.back().get());
  }
  config_->module_factories.emplace_back(
      [this, throughput = settings.max_throughput](caf::actor_system& system) {
        scheduler_ = new asio_scheduler(system, loops_, throughput);
        return scheduler_;
      });
  system_ = std::make_unique<caf::actor_system>(*config_);
}

runtime::~runtime() {
  system_->await_all_actors_done();
  // CAF's destructor waits until no thread holds its logger any more (actor-framework#1261).
  caf::logger::set_current_actor_system(nullptr);
  system_.reset();
}

actor_directory& runtime::directory() noexcept { return *config_->directory; }

std::size_t runtime::clock_entries() const { return scheduler_->timers().size(); }

void runtime::on_each_loop(const std::function<void(std::size_t)>& step) {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    std::promise<void> done;
    loops_[i]->post([&] {
      step(i);
      done.set_value();
    });
    done.get_future().wait();
  }
}

void runtime::leave_thread() { caf::logger::set_current_actor_system(nullptr); }

}  // namespace tributary::actors::runtime
