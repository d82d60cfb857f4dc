// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/upstream_resources.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/store/redis_resources.hpp"
#include "actors/supervision/slot.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tributary::actors::store {

/// A breaker that instances share, by its name in Redis.
struct shared_breaker {
  std::string name;
  std::shared_ptr<guards::upstream_resources> upstream;
};

struct shared_breakers_wiring {
  std::vector<shared_breaker> breakers;
  std::shared_ptr<redis_resources> redis;                 ///< gets `instances`
  std::vector<supervision::supervised_ref> redis_actors;  ///< by worker
  std::string instance;                                   ///< name of this process
};

/// `circuit_breaker:<name>`, where a breaker's record is.
std::string breaker_key(std::string_view name);

/// How long Redis keeps a record. Open ones stay a minute beyond their end, so that somebody has
/// probed by then; closed ones, which say no more than a missing one, a minute from the closing, so
/// that the time left tells when that was.
std::chrono::milliseconds breaker_ttl(const guards::breaker_record& record, std::int64_t now_ms);

/// Keeps the breakers of several instances at one. What a breaker of this one found out is written
/// to Redis and published; what others published is followed. Once a second, and whenever the
/// subscription begins, all records are read, so that a lost message, a Redis that was away or
/// emptied and a new instance are made good within a second. Nothing waits for this actor.
///
/// Instances compare by their system clocks. One that is wrong by a moment is believed too much or
/// too little for as long; one that is ahead by more than five seconds is not believed at all.
class shared_breakers final : public runtime::observed_actor {
 public:
  shared_breakers(caf::actor_config& cfg, std::string path, shared_breakers_wiring wiring);
  caf::behavior make_behavior() override;

 private:
  void on_tick();
  void on_changed(const breaker_changed& message);
  void on_message(const subscription_message& message);
  void on_answer(const redis_answered& message);
  void read_all();
  void on_instances(const redis::reply& answer);
  void on_record(const shared_breaker& of, const redis::reply& text, const redis::reply& ttl);
  void follow(const shared_breaker& of, guards::breaker_record theirs);
  void write(const shared_breaker& of, const guards::breaker_record& mine, bool publish);
  void send(redis_batch batch, std::uint64_t tag);

  shared_breakers_wiring wiring_;
};

}  // namespace tributary::actors::store
