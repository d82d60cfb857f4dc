// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/runtime_config.hpp"
#include "actors/store/redis_resources.hpp"
#include "actors/supervision/slot.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "config/settings.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace tributary::tests {

/// Keeps what it gets.
template <class Message>
class collector final : public actors::runtime::observed_actor {
 public:
  collector(caf::actor_config& cfg, std::vector<Message>& into)
      : observed_actor(cfg, "/test/collector", "collector"), into_(into) {}
  caf::behavior make_behavior() override {
    return {[this](Message& m) { into_.push_back(std::move(m)); }};
  }

 private:
  std::vector<Message>& into_;
};

/// Actors that run when the test says so, and the resources of one upstream and one Redis.
class actor_fixture {
 public:
  actor_fixture() : sys{cfg_} {
    settings.upstreams.resize(1);
    begin();
  }
  explicit actor_fixture(config::upstream_settings upstream) : sys{cfg_} {
    settings.upstreams.push_back(std::move(upstream));
    begin();
  }
  ~actor_fixture() { caf::logger::set_current_actor_system(nullptr); }

  std::shared_ptr<actors::guards::upstream_resources> make_upstream() {
    return std::make_shared<actors::guards::upstream_resources>(
        settings.upstreams.front(), metrics->upstream(settings.upstreams.front(), true),
        [] { return 0.5; });
  }

  /// A place where this actor runs.
  static actors::supervision::slot_ptr place_of(const caf::actor& child) {
    auto place = std::make_shared<actors::supervision::slot>();
    place->set_child(child, 1);
    place->publish(actors::supervision::child_state::running);
    return place;
  }

  void run() { coordinator().run(); }
  /// Lets the next delayed messages arrive.
  void pass_time() {
    coordinator().trigger_timeouts();
    run();
  }
  template <class Message>
  void tell(const caf::actor& to, Message message) {
    caf::anon_send(to, std::move(message));
    run();
  }
  void end(const caf::actor& which) {
    caf::anon_send_exit(which, caf::exit_reason::kill);
    run();
  }

 private:
  void begin() {
    settings.redis.main.emplace();
    metrics = std::make_unique<actors::telemetry::server_metrics>();
    redis = std::make_shared<actors::store::redis_resources>(
        "redis", settings.redis, *settings.redis.main, [] { return 0.5; });
  }

  struct config_type : actors::runtime::runtime_config {
    config_type() { set("scheduler.policy", caf::atom("testing")); }
  };
  caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  }

  config_type cfg_;

 public:
  caf::actor_system sys;
  config::settings settings;
  std::unique_ptr<actors::telemetry::server_metrics> metrics;
  std::shared_ptr<actors::store::redis_resources> redis;
};

}  // namespace tributary::tests
